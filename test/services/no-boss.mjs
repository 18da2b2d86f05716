/**
 * Enough of pg-boss for a store whose events nobody uses: the other tables do without it.
 *
 * @param {import('cello-companion/server/pg-boss').PgPool} pool
 * @returns {import('cello-companion/server/pg-boss').Boss}
 */
export const createNoBoss = (pool) => ({
  getQueue: async () => ({ policy: 'singleton' }),
  createQueue: async () => {},
  insert: async () => null,
  fetch: async () => [],
  deleteJob: async () => null,
  findJobs: async () => [],
  getDb: () => ({
    async executeSql(text, values) {
      const client = await pool.connect();
      try {
        return { rows: [...(await client.query(text, values)).rows] };
      } finally {
        client.release();
      }
    },
  }),
});
