// A server with traces that do not change any more while they are looked at.
import { inRequests } from './large.ts';
import { Server } from './test.ts';
import { send, type Trace, until } from './traffic.ts';

/** Starts a server of the test's own, sends it the traces, of any size, and waits until each is summed up. */
export async function serverWith(...traces: Trace[]): Promise<Server> {
  const server = await Server.start();
  for (const trace of traces) {
    for (const request of inRequests(trace)) await send(server.url, request);
  }
  for (const { trace_id } of traces) {
    await until(`the trace ${trace_id} to be summed up`, async () => {
      const response = await fetch(`${server.url}/api/v1/traces/${trace_id}`);
      return (await response.json()).max_depth ?? undefined;
    });
  }
  return server;
}
