/**
 * Prisma's client, made for one table.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fetchPackages, run } from './fetched.mjs';

const VERSION = '7.10.1';
const PACKAGES = [`prisma@${VERSION}`, '@prisma/client@7.10.0', `@prisma/adapter-pg@${VERSION}`];

const SCHEMA = `generator client {
  provider   = "prisma-client-js"
  engineType = "client"
}
datasource db {
  provider = "postgresql"
}
model Account {
  id String @id
  @@map("accounts")
}
`;

/** @param {string} cwd */
function generate(cwd) {
  writeFileSync(join(cwd, 'schema.prisma'), SCHEMA);
  // The client works through an adapter of `pg`, and needs none of the engines that the command would download.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
  run(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--schema', 'schema.prisma'], { cwd, env });
}

/**
 * Opens a client on a database.
 * @param {string} connectionString
 */
export function openPrisma(connectionString) {
  const folder = fetchPackages(`prisma-${VERSION}`, PACKAGES, generate);
  const require = createRequire(join(folder, 'package.json'));
  const { PrismaClient } = require('@prisma/client');
  const { PrismaPg } = require('@prisma/adapter-pg');
  return new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
}
