import { createAccount } from '../utils/accounts.js';
import { attribution } from '../utils/attribution.js';

export default defineEventHandler(async (event) => {
  const body = (await readBody(event)) ?? {};
  if (!/.+@.+/.test(body.email))
    throw createError({ statusCode: 400, statusMessage: 'Please give an e-mail address.' });
  const account = createAccount(body);
  if (!account) throw createError({ statusCode: 409, statusMessage: 'This address has an account already.' });
  await attribution.signup({ user: account, from: { body, headers: event.headers } });
  return { id: account.id };
});
