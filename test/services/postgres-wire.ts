/**
 * A way to PostgreSQL that a test can cut, lead elsewhere, or make lose an answer.
 */
import { connect, createServer, type Socket } from 'node:net';

/** A way to PostgreSQL. */
export interface Wire {
  readonly port: number;
  /** Ends all connections and lets nobody through, until it leads somewhere again. */
  cut(): void;
  /** Leads those who connect from now on to this port. */
  leadTo(port: number): void;
  /**
   * Ends so many connections right after they sent COMMIT: the server runs it, and its answer is lost. Those alone whose
   * transaction held this text.
   */
  loseCommits(times: number, within?: string): void;
  /** How many answers were lost. */
  countLost(): number;
  close(): void;
}

/** COMMIT in the simple query protocol. https://www.postgresql.org/docs/current/protocol-message-formats.html */
const COMMIT = 'Q\0\0\0\x0bCOMMIT\0';

/** Opens a way to the server on a port. */
export async function createWire(port: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  let target: number | null = port;
  let losing = { times: 0, within: '' };
  let lost = 0;

  const join = (near: Socket, far: Socket) => {
    let isLost = false;
    let said = '';
    near.on('data', (chunk) => {
      said += chunk.toString('latin1');
      const isCommit = said.endsWith(COMMIT);
      if (isCommit && losing.times && said.includes(losing.within)) {
        losing = { ...losing, times: losing.times - 1 };
        isLost = true;
      }
      if (isCommit) said = '';
      far.write(chunk);
    });
    far.on('data', (chunk) => {
      if (!isLost) return void near.write(chunk);
      lost += 1;
      near.destroy();
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  };

  const server = createServer((near) => {
    if (target === null) near.destroy();
    else join(near, connect(target, '127.0.0.1'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const cut = () => {
    target = null;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    cut,
    leadTo(next) {
      target = next;
    },
    loseCommits(times, within = '') {
      losing = { times, within };
    },
    countLost: () => lost,
    close() {
      cut();
      server.close();
    },
  };
}
