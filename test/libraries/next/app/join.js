'use server';

import { log } from './log.js';

export async function join(data) {
  log('join', { email: data.getAll('email'), ucc: data.getAll('ucc') });
}
