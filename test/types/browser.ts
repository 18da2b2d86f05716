/** What a user of the browser entry may write, and what must not compile. Nothing here is run. */
import { type Companion, type Consent, type Options, type Referral, type ReportResult, start } from 'cello-companion';
import { type Diagnosis, diagnose, type Finding, inspect } from 'cello-companion/inspector';

declare const form: HTMLFormElement;

// All options, and none.
const options: Options = {
  endpoint: '/api/cello',
  field: 'ucc',
  forms: 'marked',
  include: ['email', 'name'],
  send: ['capture'],
  timeout: 3000,
  cookie: 'cello-referral',
  remember: 90,
  cookieDomain: 'host',
  links: ['app.example.com'],
  consent: 'pending',
  debug: true,
};
const companion: Companion = start(options);
start();

// Every verb, and what it gives.
const ucc: Promise<string | null> = companion.getUcc();
const referral: Promise<Referral | null> = companion.getReferral();
const undo: () => void = companion.attach(form, { kind: 'demo', send: false });
const result: Promise<ReportResult> = companion.report({ kind: 'signup', fields: { email: 'a@b.c' }, key: '1' });
const set: Promise<Referral> = companion.setUcc('pNRB1aYqArN');
const state: Consent = 'denied';
companion.setConsent(state);
companion.forget();
companion.stop();

export { closePanel, diagnosis, findings, result, set, ucc, undo };

export async function read() {
  const found = await referral;
  const source: 'manual' | 'cello' | 'address' | 'cookie' | 'memory' | undefined = found?.source;
  const outcome = await companion.report();
  if (outcome.ok) return source;
  const reason: 'no-code' | 'consent' | 'no-endpoint' | 'kept' | 'refused' = outcome.reason;
  return reason;
}

// What must not compile.

// @ts-expect-error: no such option
start({ endpont: '/api/cello' });
// @ts-expect-error: a word that is none of the three
start({ consent: 'yes' });
// @ts-expect-error: milliseconds are a number
start({ timeout: '3s' });
// @ts-expect-error: a form, a root or a document; not a selector
companion.attach('#form');
// @ts-expect-error: "signup" or "demo"
companion.attach(form, { kind: 'newsletter' });
// @ts-expect-error: fields are texts
companion.report({ fields: { seats: 3 } });
// @ts-expect-error: a code is a text
companion.setUcc(42);
// @ts-expect-error: a word that is none of the three
companion.setConsent('maybe');
// @ts-expect-error: it may be null
companion.getUcc().then((code) => code.length);
// @ts-expect-error: a referral is read only
companion.getReferral().then((found) => found && delete found.ucc);
// @ts-expect-error: there is no verb of that name
companion.getCode();

// The inspector.
const closePanel: () => void = inspect(companion);
const diagnosis: Promise<Diagnosis> = diagnose(companion, { probe: true });
const findings: Promise<readonly Finding[]> = diagnose().then((one) => one.findings);
// @ts-expect-error: a companion, not its code
inspect('pNRB1aYqArN');
