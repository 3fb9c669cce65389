// A shared worker: one event stream for all open pages of the dashboard. Browsers hold six connections to a server, and
// an engineer on call has more tabs than that. What is known is told to every page that comes later.
const NAMES = ['cost', 'ingest', 'alerts', 'repricing', 'budgets'];
const pages = new Set();
const known = new Map();

let source;
const open = () => {
  source = new EventSource('/api/v1/events');
  for (const name of NAMES) {
    source.addEventListener(name, (event) => {
      known.set(name, event.data);
      for (const page of pages) page.postMessage([name, event.data]);
    });
  }
};
open();

onconnect = ({ ports: [page] }) => {
  // A stream that was refused, as to whoever is signed out, is not tried again by itself; whoever opens a page may be in again.
  if (source.readyState === EventSource.CLOSED) open();
  pages.add(page);
  // The only thing a page ever says is that it goes away.
  page.onmessage = () => pages.delete(page);
  for (const message of known) page.postMessage(message);
};
