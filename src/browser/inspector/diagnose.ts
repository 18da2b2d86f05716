/**
 * The findings as plain data, for commands and tests.
 */
import { findRunning } from '../global.js';
import { watchCello } from './cello.js';
import { type Finding, judgeSnapshot } from './checks/index.js';
import { takeSnapshot } from './gather.js';
import { readInternals } from './internals.js';
import { openJournal } from './journal.js';
import { probeEndpoint } from './probe.js';
import type { Snapshot } from './snapshot.js';

export interface DiagnoseOptions {
  /** Whether to ask the endpoint with an empty message. Default `false`: nothing is sent. */
  readonly probe?: boolean | undefined;
}

/** Everything that the panel shows: what was found, and what it was found in. */
export interface Diagnosis extends Snapshot {
  readonly findings: readonly Finding[];
}

/**
 * Looks at the page once and gives the findings as plain data. Waits for Cello's script for at most the option `timeout`,
 * counted from the opening of the page. Opens no panel, stores nothing and changes nothing.
 *
 * @param companion - What `start()` gave. Default: the one running on this page, if any.
 * @example const { findings } = await diagnose(); // [{ id: 'no-endpoint', level: 'warning', text: '…', advice: '…' }]
 */
export async function diagnose(
  companion: unknown = findRunning(),
  { probe = false }: DiagnoseOptions = {},
): Promise<Diagnosis> {
  const { parts } = readInternals(companion);
  const cello = watchCello(parts?.consent.mayFind ?? (() => true));
  const timeoutMs = parts?.settings.timeout ?? 3000;
  await cello.settled(Math.max(0, timeoutMs - performance.now()));
  const endpoint = parts?.settings.endpoint ?? null;
  const watched = {
    cello,
    journal: openJournal(false),
    probe: probe && endpoint ? await probeEndpoint(endpoint) : null,
  };
  const snapshot = takeSnapshot(companion, watched);
  return { ...snapshot, findings: judgeSnapshot(snapshot) };
}
