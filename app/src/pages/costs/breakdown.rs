//! The range by group: how much, what share, how it compares. A name leads to what it spent, a count to the traces behind it.

use leptos::prelude::*;
use model::UsdSum;
use model::cost::{Compared, Facet, Grouping, Owner};

use super::alarms::{Alarm, Alarms};
use super::api::{Line, Table, per_trace};
use super::breakdown_foot::{Each, Foot};
use super::sort::Column;
use super::view_state::{ViewState, facet_name, kind, value_name};
use crate::charts::spark::Spark;
use crate::colour::{Kind, OTHER, Palette};
use crate::components::figures::{Change, Money, ShareBar, Swatch};
use crate::components::owner::{self, Behind};
use crate::components::states::Empty;
use crate::format::number;
use crate::url_state::RangeChoice;

/// Decimals of the ledger's column when there are whole dollars in it, and when there are none.
const DECIMALS: (u32, u32) = (2, 5);

/// What every row needs to know of its table.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) by: Grouping,
    pub(super) range: RangeChoice,
    /// The same range as the figures are of, for links.
    pub(super) exactly: String,
    pub(super) total: UsdSum,
    pub(super) most: i128,
    pub(super) decimals: u32,
    /// A trace is one group's, so that traces can be counted.
    pub(super) has_traces: bool,
}

impl Frame {
    /// By one thing: the names of two take the room of the bars.
    pub(super) const fn is_single(&self) -> bool {
        self.by.second.is_none()
    }
}

/// The table.
#[component]
pub fn Breakdown(
    /// What was spent.
    table: Table,
    /// What the URL says, for links.
    state: ViewState,
    /// The range the figures are of, as query pairs.
    exactly: String,
    /// Alerts that fired, for those they are about.
    alarms: Alarms,
) -> impl IntoView {
    if let Some(reason) = table.refused {
        let last_day = ViewState { range: Ok(RangeChoice::Last(86_400)), ..state }.href();
        return view! {
            <Empty title="Not over this range">
                <p>{format!("{}.", sentence(&reason))}</p>
                <a class="link" href=last_day data-noscroll="true">
                    "Show the last 24 hours"
                </a>
            </Empty>
        }
        .into_any();
    }
    if table.lines.is_empty() {
        return view! { <Empty title="No spans in this range">"Choose a longer one."</Empty> }.into_any();
    }
    let total = table.total.now.cost;
    let by_tenant = Grouping::by(model::cost::Dimension::Tenant);
    let frame = Frame {
        range: state.range_or_default(),
        exactly,
        total,
        most: table.lines.iter().map(|line| line.sums.now.cost.pico()).max().unwrap_or_default(),
        decimals: if total >= UsdSum::from_pico(10_000_000_000_000) { DECIMALS.0 } else { DECIMALS.1 },
        has_traces: table.by == by_tenant,
        by: table.by.clone(),
    };
    let colours = frame.by.first.dimension().map_or(Kind::Label, kind);
    // Colours are dealt out dearest first, whatever the order of the lines.
    let mut dearest: Vec<&Line> = table.lines.iter().collect();
    dearest.sort_by_key(|line| std::cmp::Reverse(line.sums.now.cost));
    let first = |line: &&Line| line.keys.first().cloned().flatten();
    let names: Vec<String> = dearest.iter().filter_map(first).collect();
    let palette = Palette::assign(colours, names.iter().map(String::as_str));
    let rows = table
        .lines
        .iter()
        .map(|line| {
            let slot = first(&line).map_or(OTHER, |key| palette.slot(&key));
            let alarm = alarm(line, &frame.by, &alarms);
            view! { <Row line=line.clone() colour=slot frame=frame.clone() alarm/> }
        })
        .collect_view();
    view! {
        <div class="scroll-x" tabindex="0" role="region" aria-label="The breakdown as a table">
            <table class="tbl">
                <thead>
                    <Head state frame=frame.clone()/>
                </thead>
                <tbody>{rows}</tbody>
                <Foot table frame/>
            </table>
        </div>
    }
    .into_any()
}

/// The reason as a sentence of the page.
fn sentence(reason: &str) -> String {
    let mut characters = reason.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[component]
fn Head(state: ViewState, frame: Frame) -> impl IntoView {
    let sorted = |column: Column, name: String, class: &'static str| {
        let is_here = state.sort.column == column;
        let order = match (is_here, state.sort.is_reversed, column == Column::Name) {
            (false, ..) => None,
            (true, false, false) | (true, true, true) => Some("descending"),
            (true, ..) => Some("ascending"),
        };
        let href = ViewState { sort: state.sort.by(column), ..state.clone() }.href();
        view! {
            <th scope="col" class=class aria-sort=order>
                <a href=href data-noscroll="true">{name}</a>
            </th>
        }
    };
    let names: Vec<String> = frame.by.facets().map(facet_name).collect();
    let (first, second) = (names.first().cloned().unwrap_or_default(), names.get(1).cloned());
    let counts = if frame.has_traces {
        [(Column::Traces, "Traces"), (Column::PerTrace, "Per trace")]
    } else {
        [(Column::Spans, "Spans"), (Column::Tokens, "Tokens")]
    };
    view! {
        <tr>
            {sorted(Column::Name, first, "")}
            {second.map(|name| view! { <th scope="col">{name}</th> })}
            {sorted(Column::Spend, "Spend".into(), "num")}
            <th scope="col" class="num">"Share"</th>
            {frame.is_single().then(|| view! { <td class="only-wide"></td> })}
            {sorted(Column::Change, "Change".into(), "num")}
            <th scope="col" class="only-wide">"Over time"</th>
            {counts.map(|(column, name)| sorted(column, name.into(), "num only-wide"))}
        </tr>
    }
    .into_any()
}

#[component]
fn Row(line: Line, colour: u8, frame: Frame, alarm: Option<Alarm>) -> impl IntoView {
    let is_single = frame.is_single();
    let Frame { by, range, exactly, total, most, decimals, has_traces } = frame;
    let facets: Vec<Facet> = by.facets().cloned().collect();
    let owners: Vec<Owner> =
        facets.iter().zip(&line.keys).filter_map(|(facet, key)| of(facet, key.as_deref())).collect();
    // Values of attributes cannot be looked for among the traces.
    let behind = if owners.len() == facets.len() { owner::traces_href(&owners, &exactly) } else { None };
    let mut badge = alarm.map(|alarm| {
        view! {
            <a class="badge crit" href=alarm.href() title=alarm.words.clone() aria-label=alarm.words>
                "alert"
            </a>
        }
    });
    let names = facets
        .iter()
        .zip(&line.keys)
        .enumerate()
        .map(|(index, (facet, key))| {
            let words = value_name(facet, key.as_deref());
            let is_none = key.is_none();
            let name = match of(facet, key.as_deref()) {
                Some(owner) => {
                    let href = owner::href(&owner, Some(range));
                    view! { <a class="med trunc" class:muted=is_none href=href>{words}</a> }.into_any()
                }
                None => view! { <span class="trunc" class:muted=is_none>{words}</span> }.into_any(),
            };
            let swatch = (index == 0).then(|| view! { <Swatch colour/> });
            view! {
                <td class="breakdown__name">
                    <span class="op-cell">{swatch}{name}{badge.take()}</span>
                </td>
            }
        })
        .collect_view();
    let Compared { now, before } = line.sums;
    let cost = now.cost;
    let counts = match line.traces.filter(|_| has_traces) {
        Some(spend) => [number::count(spend.traces).into_any(), view! { <Each amount=per_trace(spend)/> }.into_any()],
        None => {
            let tokens = now.tokens_in + now.tokens_out;
            [number::count(now.spans).into_any(), number::compact(tokens).into_any()]
        }
    };
    let behind = behind.filter(|_| now.spans > 0 || line.traces.is_some_and(|spend| spend.traces > 0));
    let counts = counts
        .into_iter()
        .map(|count| {
            view! {
                <td class="num only-wide">
                    <Behind href=behind.clone()>{count}</Behind>
                </td>
            }
        })
        .collect_view();
    view! {
        <tr>
            {names}
            <td class="num strong">
                <Behind href=behind.clone()>
                    <Money amount=cost decimals/>
                </Behind>
            </td>
            <td class="num">{number::percent(number::share(cost.pico(), total.pico()))}</td>
            {is_single
                .then(|| {
                    view! {
                        <td class="breakdown__share only-wide">
                            <ShareBar share=number::share(cost.pico(), most) colour/>
                        </td>
                    }
                })}
            <td class="num">
                <Change before=before.cost after=cost/>
            </td>
            <td class="only-wide">
                <Spark values=line.shape colour/>
            </td>
            {counts}
        </tr>
    }
    .into_any()
}

/// The newest alert about what a line is of, where it is of one thing.
fn alarm(line: &Line, by: &Grouping, alarms: &Alarms) -> Option<Alarm> {
    let key = line.keys.first()?.as_deref()?;
    let owner = of(&by.first, Some(key)).filter(|_| by.second.is_none())?;
    alarms.newest_about(&owner).cloned()
}

/// The owner a value of a facet stands for, when it stands for one.
fn of(facet: &Facet, key: Option<&str>) -> Option<Owner> {
    Some(Owner { dimension: facet.dimension()?, key: key.map(str::to_owned) })
}
