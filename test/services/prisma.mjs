/**
 * Prisma's client, made for one table. Its packages weigh 330 MB and make a client by a command, so they are fetched when
 * they are first needed, into a folder of node_modules that no import reaches.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const VERSION = '7.10.1';
const PACKAGES = ['prisma', '@prisma/client', '@prisma/adapter-pg'].map((name) => `${name}@${VERSION}`);
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
const FOLDER = join(CACHE, `prisma-${VERSION}`);

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

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} cwd
 */
function run(command, args, cwd) {
  // The client works through an adapter of `pg`, and needs none of the engines that the command would fetch.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}:\n${stdout}${stderr}`);
}

/** Fetches the packages and makes the client, unless it is there. */
function fetchPrisma() {
  if (existsSync(FOLDER)) return;
  mkdirSync(CACHE, { recursive: true });
  const draft = mkdtempSync(join(CACHE, 'draft-'));
  try {
    writeFileSync(join(draft, 'package.json'), '{ "private": true }');
    writeFileSync(join(draft, 'schema.prisma'), SCHEMA);
    run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES], draft);
    run(process.execPath, ['node_modules/prisma/build/index.js', 'generate', '--schema', 'schema.prisma'], draft);
    renameSync(draft, FOLDER);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(FOLDER)) throw error; // else somebody else was faster
  }
}

/**
 * Opens a client on a database.
 * @param {string} connectionString
 */
export function openPrisma(connectionString) {
  fetchPrisma();
  const require = createRequire(join(FOLDER, 'package.json'));
  const { PrismaClient } = require('@prisma/client');
  const { PrismaPg } = require('@prisma/adapter-pg');
  return new PrismaClient({ adapter: new PrismaPg({ connectionString }) });
}
