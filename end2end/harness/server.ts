// A real Tracetab with a database of its own: started on free ports, gone without a trace when it stops.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The first start creates a database, which takes a second on an idle machine and many on a busy one. */
const START_MS_MAX = 60_000;

export class Server {
  private constructor(
    /** Where dashboard and API are. */
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(settings: Record<string, string> = {}): Promise<Server> {
    const binary = process.env.TRACETAB_BIN;
    if (!binary) throw new Error('TRACETAB_BIN must name the built server; `cargo xtask test` sets it');
    // The server makes it, for the user that PostgreSQL runs as.
    const folder = join(tmpdir(), `tracetab-e2e-${randomUUID()}`);
    const { DATABASE_URL: _, ...environment } = process.env;
    const child = spawn(binary, ['serve'], {
      env: {
        ...environment,
        TRACETAB_DATA_DIR: folder,
        TRACETAB_HTTP_ADDR: '127.0.0.1:0',
        TRACETAB_OTLP_HTTP_ADDR: '127.0.0.1:0',
        TRACETAB_OTLP_GRPC_ADDR: '127.0.0.1:0',
        TRACETAB_ZIPKIN_ADDR: '127.0.0.1:0',
        TRACETAB_JAEGER_ADDR: '127.0.0.1:0',
        // Short, because the tests wait for what these jobs do.
        TRACETAB_QUIET_SECONDS: '1',
        TRACETAB_DETECT_SECONDS: '1',
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      return new Server(await announcedUrl(child), child, folder);
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGINT');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The address the server prints once it listens. */
function announcedUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    const timer = setTimeout(() => reject(new Error(`the server did not start in time:\n${printed}`)), START_MS_MAX);
    const read = (chunk: Buffer) => {
      printed += chunk.toString();
      const url = /Dashboard and API\s+(http:\S+)/.exec(printed)?.[1];
      if (url) {
        clearTimeout(timer);
        resolve(url);
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the server ended with ${code}:\n${printed}`));
    });
  });
}
