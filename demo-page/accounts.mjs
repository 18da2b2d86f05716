// Lintel's own people: who signed up, who is logged in. In memory; a real product has a database here.
import { randomBytes, randomUUID, scryptSync } from 'node:crypto';

const createId = (prefix) => `${prefix}_${randomUUID().slice(0, 8)}`;

/** Hands out one id per name, the same whenever it comes again. */
function createIds(prefix) {
  const ids = new Map();
  return (name) => {
    const key = name.trim().toLowerCase();
    if (!ids.has(key)) ids.set(key, createId(prefix));
    return ids.get(key);
  };
}

function hashPassword(password) {
  const salt = randomBytes(16);
  return { salt, hash: scryptSync(password, salt, 32) };
}

/** What is wrong with a sign-up or a booking, in words for the visitor; `null` if nothing is. */
export function findProblem({ name, email, organization }) {
  if (!name) return 'Please tell us your name.';
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return 'Please write an e-mail address, such as ada@studio.example.';
  if (!organization) return 'Please tell us the name of your studio.';
  return null;
}

/** The fields of a form or of a JSON body, as trimmed text. */
export function readPerson(source) {
  const get = (name) => (source instanceof URLSearchParams ? source.get(name) : Reflect.get(source, name));
  const text = (name) => String(get(name) ?? '').trim();
  return { name: text('name'), email: text('email'), organization: text('organization') };
}

export function createAccounts() {
  const users = new Map();
  const sessions = new Map();
  // Somebody who books a demo today and signs up next week is one person: to Cello it is the id that says so.
  const getPersonId = createIds('user');
  const getOrganizationId = createIds('studio');

  /** Gives somebody their ids, whether they have an account or not. */
  const identify = ({ name, email, organization }) => ({
    id: getPersonId(email),
    email: email.toLowerCase(),
    name,
    organization,
    organizationId: getOrganizationId(organization),
  });

  return {
    identify,
    find: (email) => users.get(email.toLowerCase()) ?? null,
    /** Makes an account; gives back the user. Somebody without password comes from a provider. */
    create(person, password = null) {
      const user = identify(person);
      users.set(user.email, { ...user, password: password && hashPassword(password) });
      return user;
    },
    /** Logs somebody in; gives back the session's token. */
    openSession(user) {
      const token = randomUUID();
      sessions.set(token, user);
      return token;
    },
    findSession: (token) => sessions.get(token) ?? null,
  };
}
