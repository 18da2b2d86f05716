/**
 * A site's own transactions, by each library that we take one of: a row of the site's, and what is written beside it.
 */
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { openPrisma } from './prisma.mjs';

/** A library, on a database that has a table `accounts (id text)`. */
export interface Library {
  /** Adds an account, does something beside it, and rolls both back where that throws. */
  transact(id: string, beside: (db: unknown) => Promise<unknown>): Promise<void>;
  close(): Promise<unknown>;
}

const INSERT = 'INSERT INTO accounts (id) VALUES ($1)';

function openPg(connectionString: string): Library {
  const pool = new pg.Pool({ connectionString, max: 2 });
  return {
    async transact(id, beside) {
      const client = await pool.connect();
      try {
        await client.query('BEGIN');
        await client.query(INSERT, [id]);
        await beside(client);
        await client.query('COMMIT');
      } catch (error) {
        await client.query('ROLLBACK');
        throw error;
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}

function openKysely(connectionString: string): Library {
  const pool = new pg.Pool({ connectionString, max: 2 });
  const kysely = new Kysely<{ accounts: { id: string } }>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin()], // renames the columns of every result
  });
  return {
    transact: (id, beside) =>
      kysely.transaction().execute(async (transaction) => {
        await transaction.insertInto('accounts').values({ id }).execute();
        await beside(transaction);
      }),
    close: () => kysely.destroy(),
  };
}

function openDrizzle(connectionString: string): Library {
  const pool = new pg.Pool({ connectionString, max: 2 });
  const db = drizzle(pool);
  return {
    transact: (id, beside) =>
      db.transaction(async (transaction) => {
        await transaction.execute(sql`INSERT INTO accounts (id) VALUES (${id})`);
        await beside(transaction);
      }),
    close: () => pool.end(),
  };
}

function openPrismaLibrary(connectionString: string): Library {
  const prisma = openPrisma(connectionString);
  return {
    transact: (id, beside) =>
      prisma.$transaction(
        async (transaction: { $executeRawUnsafe(text: string, ...values: string[]): Promise<number> }) => {
          await transaction.$executeRawUnsafe(INSERT, id);
          await beside(transaction);
        },
      ),
    close: () => prisma.$disconnect(),
  };
}

export const LIBRARIES: Readonly<Record<string, (connectionString: string) => Library>> = {
  pg: openPg,
  Kysely: openKysely,
  Drizzle: openDrizzle,
  Prisma: openPrismaLibrary,
};
