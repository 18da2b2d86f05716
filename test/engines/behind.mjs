/** The server-side object behind one of Playwright's: a private hook, for which Playwright is pinned exactly. */
export const behind = (object) => object._connection.toImpl(object);
