/**
 * What the words of a form mean, in the most common languages. Works without a browser.
 */

const split = (text: string): string =>
  ` ${text
    .normalize('NFKC')
    .replace(/(\p{Ll})(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1$2 ')
    .toLowerCase()
    .replace(/[^\p{L}\p{M}]+/gu, ' ')
    .trim()} `;

/** Forms repeat the same texts, so results are cached. */
const known = new Map<string, string>();
const KNOWN_MAX = 1000;

/** A text as lower-case words with a space around each: `userEmail[0]` becomes ` user email `. */
export function wordsOf(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= KNOWN_MAX) known.clear();
  const words = split(text);
  known.set(text, words);
  return words;
}

/** The words of a path, whose letters may be percent-encoded, such as `%E6%B3%A8`. */
export function wordsOfPath(path: string): string {
  try {
    return wordsOf(decodeURIComponent(path));
  } catch {
    return wordsOf(path); // URIError: a literal `%`
  }
}

/** The word for e-mail. `mail` counts at the end of a word (`usermail`), not at its start (`mailing`, `mailchimp`). */
export const EMAIL =
  /email|mail |adresse électronique|thư điện tử|mail ?ad|courriel| m[eé]l | correo| e ?po[sš]t|posta elettronica|s[aä]hk[oö]posti|tölvup|pašt|e ?pasts |ηλεκτρονικ|почт|пошт|имейл|メール|メアド|邮箱|邮件|郵件|電郵|信箱|메일|อีเมล|ईमेल|بريد|ایمیل|דוא|אימייל/;

/** An example address: `you@company.com`. */
export const EMAIL_EXAMPLE = /[^\s@]@[^\s@]/;

/** A login. `designing` is not one; `anmelden` is, because a German sign-up says "registrieren". */
export const LOGIN =
  /(log|sign)in(?!g)| (log|sign) (in|on) | logon | einlogg| anmelden | inlogg| logga in | log ind | logg inn | connexion | connecter | (iniciar|inicio de) sesi| entrar | acced(er|i) | kirjaudu| (za)?log(uj|owa)| přihlás|войти| вход | увійти|giriş|ログイン|サインイン|登录|登入|로그인/;

/** A sign-up. */
export const SIGNUP =
  /sign(ing)? ?up| (user|member)?regist| join(ing|us)? | creat(e|ion|ing)| trial| enrol| inscri| cr[eé]er? | crear | criar | crea | cadastr| iscri| erstellen | eröffnen | aanmaken | opret| skapa | luo | rekisteröi| (za)?rejestr|регистр|реєстр| üye| kayıt|登録|注册|註冊|가입/;

/** Words that are neither a sign-up nor a demo: on their own, in the plural, or joined to `password` or `form`. */
export const SOMETHING_ELSE =
  / (?:password)?(reset|forgot|recover|unsubscribe|opt ?out|comment|checkout|payment|lost ?password|(?:account|password) recovery)(?:s|ten)?(?:password)?(?:form)? /;

/** Somebody else than the one who fills in the form: a friend who is invited, a colleague. */
export const SOMEBODY_ELSE = / (friends?|invitees?|colleagues?|teammates?|recipients?|referees?) /;

/** A password, in a field that does not say so by its type. */
export const PASSWORD =
  /passw|passphrase|passcode|mot ?de ?passe| pwd |kennwort|contraseñ|contrasen| senha |wachtwoord|lösenord|adgangskode|salasana|haslo|hasło|пароль|パスワード|密码|密碼|비밀번호/;

/** What is on a card, in a field that does not say so by its `autocomplete`. */
export const CARD = / cvc | cvv | csc | card (no|num|number) |cardnumber| iban /;

/** A password that is asked for twice, so it is a new one. */
export const CONFIRMED =
  /(confirm\w*|repeat|retype|re ?enter|again|verif\w*|wiederhol\w*) ?(new )?(passw|pwd)|(passw\w*|pwd) ?(confirm|repeat|retype|again|verif|wiederhol)/;

/** An existing password. */
export const FORMER = / (old|current|existing) ?(passw|pwd)/;
