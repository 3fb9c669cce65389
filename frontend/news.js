// A shared worker: one event stream for all open pages of the dashboard. Browsers hold six connections to a server, and
// an engineer on call has more tabs than that. What is known is told to every page that comes later.
const pages = new Set();
const known = new Map();

let source;
const open = (names) => {
  source = new EventSource('/api/v1/events');
  for (const name of names) {
    source.addEventListener(name, (event) => {
      known.set(name, event.data);
      for (const page of pages) page.postMessage([name, event.data]);
    });
  }
};

onconnect = ({ ports: [page] }) => {
  // A page says which events there are when it comes, and nothing when it goes. Pages of one release, and so of one worker,
  // all say the same.
  page.onmessage = ({ data: names }) => {
    if (!names) return pages.delete(page);
    pages.add(page);
    // A stream that was refused, as to whoever is signed out, is not tried again by itself; whoever opens a page may be in again.
    if (!source || source.readyState === EventSource.CLOSED) open(names);
    for (const message of known) page.postMessage(message);
  };
};
