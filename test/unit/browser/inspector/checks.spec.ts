/** The check list as a table: a page on which all is well, what is changed on it, and what is then said. */
import { expect, test } from 'playwright/test';
import { judgeSnapshot } from '../../../../dist/browser/inspector/checks/index.js';
import type { Snapshot } from '../../../../dist/browser/inspector/snapshot.js';
import { answered, CELLO, FORM, SETTINGS, UCC, WELL } from './snapshots.js';

type Changes = Partial<Snapshot>;

const ids = (changes: Changes): string[] =>
  judgeSnapshot({ ...WELL, ...changes })
    .filter(({ level }) => level !== 'fine')
    .map(({ level, id }) => `${level} ${id}`);

const page = (changes: Partial<Snapshot['page']>): Changes => ({ page: { ...WELL.page, ...changes } });
const settings = (changes: Partial<typeof SETTINGS>): Changes => ({ settings: { ...SETTINGS, ...changes } });
const cookie = (changes: Partial<Snapshot['cookie']>): Changes => ({ cookie: { ...WELL.cookie, ...changes } });
const cello = (changes: Partial<Snapshot['cello']>): Changes => ({ cello: { ...WELL.cello, ...changes } });
const forms = (...all: Snapshot['forms']): Changes => ({ forms: all });
const tag = (attributes: Record<string, string>, ...notices: Snapshot['tags'][number]['notices']) => ({
  src: '/cello-companion.js',
  attributes,
  notices,
});
const probe = (is: NonNullable<Snapshot['probe']>['is'], status = 0): Changes => ({ probe: { is, status } });
const message = (state: 'arrived' | 'waiting' | 'lost', answer: string | null): Changes => ({
  messages: [{ id: '12345678-1', type: 'submission', state, answer, tries: 2, page: '/signup' }],
});

const WIDGET = { ...CELLO, src: 'https://assets.cello.so/app/latest/cello.js', file: 'widget' } as const;
const WRONG = { ...CELLO, src: 'https://assets.cello.so/attribution/latest/attribution.js', file: 'wrong' } as const;
const SANDBOX = { ...CELLO, isSandbox: true };
const ELSEWHERE = {
  ...FORM,
  answers: { field: { is: false, why: 'goes to list.example' }, submission: { is: true, why: 'an e-mail field' } },
};

const TABLE: readonly (readonly [what: string, changes: Changes, said: readonly string[]])[] = [
  ['all is well', {}, []],
  ['no tag and no companion', { companion: 'absent', tags: [] }, ['problem not-running']],
  ['a tag, but no companion', { companion: 'absent', settings: null }, ['problem not-running']],
  [
    'a tag that a consent manager holds back',
    { companion: 'absent', tags: [tag({ type: 'text/plain' })] },
    ['problem held-back'],
  ],
  ['an inert companion', { companion: 'inert' }, ['problem inert']],
  ['files of two versions', { companion: 'other' }, ['warning other-version']],
  ['two tags', { tags: [tag({}), tag({})] }, ['warning two-tags']],
  [
    'a misspelled attribute',
    { tags: [tag({}, { level: 'warning', text: 'unknown attribute data-endpont: did you mean data-endpoint?' })] },
    ['warning unknown-attribute'],
  ],
  [
    'a refused value',
    { tags: [tag({}, { level: 'warning', text: 'data-timeout must be milliseconds, got "fast"' })] },
    ['problem bad-value'],
  ],
  ['data-debug', { tags: [tag({ 'data-debug': '' })] }, ['note debug-for-all']],
  ['data-debug="false"', { tags: [tag({ 'data-debug': 'false' })] }, []],
  ['a host in links without a link', settings({ links: ['app.example.com'] }), ['note link-host']],
  ['no code', { code: null, sources: [], ...cookie({ ucc: null }) }, ['note no-code']],
  ['a forgotten code', { code: null, sources: [], ...cookie({ ucc: null, forgotten: 1 }) }, ['note forgotten']],
  ['another code', { sources: [{ source: 'cookie', ucc: 'ZZZZZZZZZZZ', note: null }] }, ['note other-codes']],
  [
    'an unusual code',
    { code: { ucc: 'test', source: 'address' }, sources: [], ...cookie({ ucc: 'test' }) },
    ['note unusual-code'],
  ],
  [
    'consent denied',
    { consent: { state: 'denied', by: 'setConsent' }, code: null, ...cello({ answer: 'off' }) },
    ['warning consent-denied'],
  ],
  ['consent pending', { consent: { state: 'pending', by: 'privacy control' } }, ['warning consent-pending']],
  ['no memory', settings({ remember: 0 }), ['note no-memory']],
  ['a refused cookie', cookie({ ucc: null }), ['problem no-cookie']],
  ['a cookie that is still to be written', { ...cookie({ ucc: null }), ...page({ ageMs: 500 }) }, []],
  ['two cookies', cookie({ count: 2 }), ['note two-cookies']],
  ['a cookie for the host', cookie({ domain: null }), ['note host-cookie']],
  ['a cookie for the only host', { ...cookie({ domain: null }), ...page({ host: 'localhost' }) }, []],
  ['no form', forms(), ['note no-form']],
  ['no form, but a field', { ...forms(), ...page({ looseFields: 1 }) }, []],
  ['no form yet', { ...forms(), ...page({ isComplete: false }) }, ['note loading']],
  ['a login beside', forms(FORM, answered(false, 'a login')), ['note form-left-out']],
  ['only a login', forms(answered(false, 'a login')), ['warning all-left-out', 'note form-left-out']],
  [
    'a selector that matches nothing',
    { ...settings({ forms: 'form.leed' }), ...page({ selected: 0 }), ...forms(answered(false, 'not by the selector')) },
    ['problem selector', 'warning all-left-out', 'note form-left-out'],
  ],
  [
    'a field with something else',
    forms({ ...FORM, fields: [{ name: 'ucc', type: 'text', isOurs: false, holds: 'something else' }] }),
    ['warning field-taken'],
  ],
  ['a word without a field', forms({ ...FORM, missing: ['phone'] }), ['warning include-missing']],
  ['an e-mail field that is not included', forms({ ...FORM, included: [] }), ['warning no-email']],
  [
    'the same without an endpoint',
    { ...forms({ ...FORM, included: [] }), ...settings({ endpoint: null }) },
    ['warning no-endpoint'],
  ],
  ['a form reported by hand', forms({ ...FORM, isSilent: true, included: [] }), []],
  ['a form to another company', forms(FORM, ELSEWHERE), ['note form-elsewhere']],
  ['a form out of reach', forms(FORM, { ...FORM, answers: null }), []],
  ['a frame', { frames: [{ host: 'calendly.com', why: 'another origin' }] }, ['note frames']],
  ['a frame with its own companion', { frames: [{ host: 'this page', why: 'its own companion' }] }, []],
  ['a widget without the code', { embeds: [{ embed: 'tally', isCarried: false, reason: 'taken' }] }, ['warning embed']],
  ['a widget with the code', { embeds: [{ embed: 'tally', isCarried: true, reason: null }] }, []],
  ['no endpoint', settings({ endpoint: null }), ['warning no-endpoint']],
  ['only captures', settings({ send: ['capture'] }), ['note no-submit']],
  ['a 404 at the endpoint', message('waiting', 'status 404'), ['problem delivery']],
  ['a message without an answer so far', message('waiting', null), []],
  ['a lost message', message('lost', 'too old'), ['problem lost']],
  ['a refused message', message('lost', 'status 403, "origin"'), ['problem lost', 'problem delivery']],
  ['a test that finds the endpoint', probe('endpoint', 400), []],
  ['a test that is accepted', probe('accepts', 200), ['note probe']],
  ['a test that meets a redirect', probe('redirect'), ['problem probe']],
  [
    'a test, and a message that failed',
    { ...probe('not found', 404), ...message('waiting', 'status 404') },
    ['problem probe'],
  ],
  ['Cello’s script absent', cello({ tags: [], answer: 'waiting', isThere: false }), ['note cello-absent']],
  ['only Cello’s widget', cello({ tags: [WIDGET], answer: 'waiting', isThere: false }), ['note cello-absent']],
  ['Cello’s script blocked', cello({ answer: 'waiting', isThere: false }), ['warning cello-blocked']],
  ['Cello’s stub, and the script blocked', cello({ answer: 'waiting' }), ['warning cello-blocked']],
  ['Cello’s script still loading', { ...cello({ answer: 'waiting' }), ...page({ ageMs: 500 }) }, []],
  ['Cello’s script late', cello({ tags: [{ ...CELLO, loadedMs: 4200 }] }), ['warning cello-late']],
  ['Cello’s script refuses', cello({ answer: 'error' }), ['warning cello-error']],
  ['Cello’s script twice', cello({ tags: [CELLO, CELLO] }), ['warning cello-twice']],
  ['Cello’s sandbox in production', cello({ tags: [SANDBOX] }), ['problem cello-sandbox']],
  ['Cello’s sandbox on staging', { ...cello({ tags: [SANDBOX] }), ...page({ host: 'staging.example.com' }) }, []],
  [
    'Cello’s script under a wrong name',
    cello({ tags: [WRONG], answer: 'waiting', isThere: false }),
    ['problem cello-wrong-file'],
  ],
  ['an error of ours', { warnings: ['failed: TypeError: x'] }, ['problem error']],
];

for (const [what, changes, said] of TABLE)
  test(`says of ${what}: ${said.join(', ') || 'nothing'}`, () => {
    expect(ids(changes)).toEqual(said);
  });

test('gives each finding a sentence, and all but the good ones advice', () => {
  const all = TABLE.flatMap(([, changes]) => judgeSnapshot({ ...WELL, ...changes }));
  for (const { id, level, text, advice } of all) {
    expect(text, id).toMatch(/^[A-Z0-9].*[.?]$/s);
    if (level === 'fine') expect(advice, id).toBeNull();
    else expect(advice, id).toMatch(/^[A-Za-z].*/);
    expect(`${text} ${advice ?? ''}`, id).not.toMatch(/undefined|null|\$|\bNaN\b/);
    expect(`${text} ${advice ?? ''}`, id).not.toContain(UCC);
  }
});

test('names each kind of answer, with its status, and what to do', () => {
  const judged = (['not found', 'no post', 'failing'] as const).map(
    (is, index) =>
      judgeSnapshot({ ...WELL, ...probe(is, [404, 405, 503][index]) }).find(({ id }) => id === 'probe')?.text,
  );
  expect(judged).toEqual([
    'The endpoint https://www.example.com/api/cello does not exist (status 404).',
    'The endpoint https://www.example.com/api/cello accepts no POST (status 405).',
    'The endpoint https://www.example.com/api/cello fails (status 503).',
  ]);
});
