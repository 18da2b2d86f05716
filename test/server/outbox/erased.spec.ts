/**
 * That what is sent or erased leaves the file, not only the table.
 */
import { existsSync, readFileSync } from 'node:fs';
import { CelloError, createOutbox, sqliteStore } from 'cello-companion/server';
import { expect, test } from 'playwright/test';
import { signup } from '../../services/outbox.js';
import { HANDLES } from '../../services/sqlite.js';

/** Everything that the database has on the disk. */
const isOnDisk = (file: string, text: RegExp): boolean =>
  ['', '-wal', '-journal']
    .map((end) => file + end)
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, 'latin1'))
    .some((contents) => text.test(contents));

for (const { name, open } of HANDLES)
  test(`with a handle of ${name}, addresses of what was sent or erased are in no file any more`, async () => {
    const file = test.info().outputPath('cello.db');
    const db = open(file);
    const outbox = createOutbox({
      store: sqliteStore(db),
      onParked: () => {},
      send: async ({ payload, context }) => {
        if (!payload.newUserId.startsWith('parked')) return;
        throw new CelloError(`Cello answered 400: ${context.newUser.email} is wrong`, {
          reason: 'refused',
          status: 400,
        });
      },
    });
    for (let i = 0; i < 50; i++) {
      await outbox.add(signup(`sent-${i}`));
      await outbox.add(signup(`parked-${i}`));
    }
    expect(isOnDisk(file, /sent-7@example/)).toBe(true);
    await outbox.flush();
    expect(isOnDisk(file, /sent-\d+@example/)).toBe(false);
    expect(isOnDisk(file, /parked-7@example/)).toBe(true);
    for (let i = 0; i < 50; i++) expect(await outbox.erase({ email: `PARKED-${i}@example.com` })).toBe(1);
    expect(isOnDisk(file, /@example/)).toBe(false);
    db.close();
  });
