'use server';

import { readUcc } from 'cello-companion/server';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { after } from 'next/server';
import { createAccount } from '../../server/accounts.js';
import { attribution } from '../../server/attribution.js';

export async function signUp(_state, form) {
  const [email, name] = [form.get('email'), form.get('name')];
  if (!/.+@.+/.test(email)) return { email, name, error: 'Please give an e-mail address.' };
  const account = createAccount({ email, name });
  if (!account) return { email, name, error: 'This address has an account already.' };
  const ucc = readUcc(form) ?? readUcc(await cookies());
  await attribution.signup({ user: account, ucc });
  after(() => attribution.flush({ maxMs: 5000 })); // for platforms that stop the process after the response
  redirect(`/welcome?id=${account.id}`);
}
