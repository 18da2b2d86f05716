/** Snapshots for the checks: a page on which all is well, and changes to it. */
import type { FormState, Snapshot } from '../../../../dist/browser/inspector/snapshot.js';

export const UCC = 'pNRB1aYqArN';

export const FORM: FormState = {
  name: '#signup',
  kind: 'signup',
  answers: { field: { is: true, why: 'an e-mail field' }, submission: { is: true, why: 'an e-mail field' } },
  target: '/join',
  fields: [{ name: 'ucc', type: 'hidden', isOurs: true, holds: 'code' }],
  isSilent: false,
  included: ['email'],
  missing: [],
  hasEmail: true,
};

/** The same form with one answer to both questions. */
export const answered = (is: boolean, why: string): FormState => ({
  ...FORM,
  answers: { field: { is, why }, submission: { is, why } },
});

export const SETTINGS: NonNullable<Snapshot['settings']> = {
  endpoint: 'https://www.example.com/api/cello',
  field: ['ucc'],
  forms: 'auto',
  include: ['email'],
  send: ['capture', 'submit'],
  timeout: 3000,
  cookie: 'cello-referral',
  remember: 90,
  cookieDomain: 'auto',
  links: [],
  consent: null,
  debug: false,
  embeds: [],
};

export const CELLO = {
  src: 'https://assets.cello.so/attribution/latest/cello-attribution.js',
  file: 'attribution',
  isSandbox: false,
  status: 200,
  loadedMs: 300,
} as const;

/** Nothing to complain of. */
export const WELL: Snapshot = {
  version: '0.1.0',
  page: {
    host: 'www.example.com',
    path: '/signup',
    isComplete: true,
    ageMs: 10_000,
    isPrivacyAsked: false,
    closed: [],
    looseFields: 0,
    linkHosts: [],
    selected: null,
  },
  companion: 'running',
  tags: [{ src: '/cello-companion.js', attributes: { 'data-endpoint': '/api/cello' }, notices: [] }],
  settings: SETTINGS,
  code: { ucc: UCC, source: 'cello' },
  sources: [
    { source: 'cello', ucc: UCC, note: null },
    { source: 'address', ucc: UCC, note: null },
  ],
  consent: { state: 'granted', by: 'default' },
  cello: { tags: [CELLO], answer: 'code', answeredMs: 400, isThere: true },
  cookie: {
    isEnabled: true,
    count: 1,
    ucc: UCC,
    at: '2026-11-23T15:04:05.000Z',
    domain: 'example.com',
    forgotten: 0,
  },
  forms: [FORM],
  frames: [],
  embeds: [],
  messages: [{ id: '12345678-1', type: 'capture', state: 'arrived', answer: null, tries: 1, page: '/' }],
  probe: null,
  warnings: [],
};
