import { expect, test } from 'playwright/test';
import { writeTicket } from '../../../../dist/browser/inspector/ticket.js';
import { FORM, SETTINGS, UCC, WELL } from './snapshots.js';

test('copies no code, no address of a person, no query, and no number of a person', () => {
  const text = writeTicket(
    {
      ...WELL,
      page: { ...WELL.page, path: '/users/48211/ada%40example.com/edit' },
      settings: { ...SETTINGS, endpoint: 'https://www.example.com/api/cello?key=secret' },
      forms: [{ ...FORM, name: '#ada@example.com', target: '/teams/9911/join' }],
      messages: [
        {
          id: '12345678-1',
          type: 'submission',
          state: 'lost',
          answer: 'status 400, "ada@example.com"',
          tries: 1,
          page: '/u/48211',
        },
      ],
      warnings: ['gave up a capture: status 500, from https://www.example.com/api/cello?key=secret'],
    },
    'Firefox',
  );
  expect(text).not.toMatch(/ada@|%40|48211|9911|secret/);
  expect(text).not.toContain(UCC);
  expect(text).toContain('pNR… (11 characters)');
  expect(text).toContain('Page: www.example.com/users/…/…/edit');
  expect(text).toContain('Address: https://www.example.com/api/cello\n');
  expect(text).toContain('Browser: Firefox');
});

test('says everything that the panel says', () => {
  const text = writeTicket({ ...WELL, forms: [{ ...FORM, missing: ['phone'] }] }, 'Firefox');
  for (const title of [
    'Check list',
    'Code',
    'Consent',
    'Forms',
    'Widgets and frames',
    'Messages',
    'Endpoint',
    'Cello’s script',
    'Cookie',
    'Version and settings',
  ])
    expect(text).toMatch(new RegExp(`^${title}: `, 'm'));
  expect(text).toContain('Gets field: yes: an e-mail field');
  expect(text).toContain('Field: ucc (hidden, ours) holds the code');
  expect(text).toContain('No field for: phone');
});
