import { fail } from '@sveltejs/kit';
import { createAccount } from '#lib/server/accounts.js';
import { attribution } from '#lib/server/attribution.js';

export const actions = {
  default: async ({ request }) => {
    const from = request.clone(); // a body can be read once only
    const { email, name } = Object.fromEntries(await request.formData());
    if (!/.+@.+/.test(email)) return fail(400, { email, name, error: 'Please give an e-mail address.' });
    const account = createAccount({ email, name });
    if (!account) return fail(409, { email, name, error: 'This address has an account already.' });
    await attribution.signup({ user: account, from });
    return { id: account.id };
  },
};
