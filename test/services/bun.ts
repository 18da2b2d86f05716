import { join } from 'node:path';
import { fetchPackages } from './fetched.mjs';

const VERSION = '1.4.5';
const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`;

/** Bun as npm brings it: the package `bun` has one of a hundred MB for each platform behind it. */
export function findBun(): string {
  const name = `@oven/bun-${PLATFORM}`;
  const folder = fetchPackages(`bun-${VERSION}`, [`${name}@${VERSION}`]);
  return join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'bun.exe' : 'bun');
}
