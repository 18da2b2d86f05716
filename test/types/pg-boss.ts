/** What a user of the PostgreSQL store may write. Nothing is run. */
import { createCello, createEndpoint, createOutbox, createReferralStore } from 'cello-companion/server';
import { pgBossStore } from 'cello-companion/server/pg-boss';
import pg from 'pg';
import { PgBoss } from 'pg-boss';

const cello = createCello({ accessKeyId: 'id', secretAccessKey: 'secret', environment: 'sandbox' });

// One store on PostgreSQL serves all three.
const store = pgBossStore({ boss: new PgBoss(''), pool: new pg.Pool() });
createOutbox({ store, send: cello.send });
createEndpoint({ store, onReferral: () => undefined });
createReferralStore({ store });
