import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BINARY = process.env.VOXGATE_BIN ?? '../target/debug/voxgate';
/** A first start makes a database cluster. */
const PATIENCE_MS = 90_000;

/** The browsers all come from one address, and one person's from many tabs: nobody is to be slowed down here. */
const LIMITS = Object.fromEntries(
  ['CREDENTIALS', 'MFA', 'REFRESH', 'GENERAL', 'PUBLIC', 'ACCOUNT', 'COMPANY'].flatMap((bucket) => [
    [`VOXGATE__LIMITS__${bucket}_PER_SECOND`, '10000'],
    [`VOXGATE__LIMITS__${bucket}_BURST`, '100000'],
  ]),
);

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function ready(url: string, server: ChildProcess, said: () => string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`voxgate dev ended with ${server.exitCode}:\n${said()}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`voxgate dev is not ready after ${PATIENCE_MS / 1000} s:\n${said()}`);
}

export interface Server {
  url: string;
  /** Ends it as if the machine had lost power. */
  kill: () => Promise<void>;
  stop: () => Promise<void>;
}

/** A server of one's own, with its own database and mailbox; ended by `stop`. */
export async function startServer(dataDir: string, port: number): Promise<Server> {
  const url = `http://127.0.0.1:${port}`;
  const server = spawn(BINARY, ['dev', '--listen', `127.0.0.1:${port}`, '--data-dir', dataDir, '--no-demo'], {
    env: { ...process.env, ...LIMITS },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (bytes: Buffer) => {
    log = (log + bytes.toString()).slice(-20_000);
  };
  server.stdout?.on('data', keep);
  server.stderr?.on('data', keep);
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  await ready(url, server, () => log);
  const end = (signal: NodeJS.Signals) => async () => {
    server.kill(signal);
    await ended;
  };
  return { url, kill: end('SIGKILL'), stop: end('SIGINT') };
}

/** A folder for a server's data, and a port. */
export const roomFor = async () => ({
  dataDir: mkdtempSync(join(tmpdir(), 'voxgate-e2e-')),
  port: await freePort(),
});

export default async function globalSetup(): Promise<() => Promise<void>> {
  const { dataDir, port } = await roomFor();
  const server = await startServer(dataDir, port);
  process.env.VOXGATE_URL = server.url;
  return async () => {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
