/**
 * What the words of a form mean, in the most common languages. Works without a browser. Words are written here as
 * `wordsOf` gives them: in lower case, and without the accents of Latin, Greek and Cyrillic letters (`воити` for `войти`).
 */

/** Written without accents, so that `INSCRIPCION` says what `inscripción` says, and Turkish `GİRİŞ` what `giriş` says. */
const split = (text: string): string =>
  ` ${text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]+/g, '')
    .normalize('NFC')
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
  /email|mail |adresse electronique|thu đien tu|mail ?ad|courriel| mel | correo| e ?post|posta elettronica|sahkoposti|tolvup| pastas | e ?pasts |ηλεκτρονικ|почт|пошт|имеил|メール|メアド|邮箱|邮件|郵件|電郵|信箱|메일|อีเมล|ईमेल|بريد|[يی]م[يی]ل|דוא|אימייל/;

/** An example address: `you@company.com`. */
export const EMAIL_EXAMPLE = /[^\s@]@[^\s@]/;

/** A company. */
export const COMPANY =
  / (company|organi[sz]ation|business|employer|firma|unternehmen|empresa|entreprise|societ[ae]|azienda|bedrijf|foretag|virksomhed|yritys|sirket|компания|организация)( name)? |会社|公司|企業|회사/;

/** A phone number. */
export const PHONE =
  /phone|telefon| tel | mobile? | cell | handy | celular | movil | puhelin|телефон|電話|电话|手机|携帯|전화|휴대/;

/** A person's whole name. */
export const NAME =
  /^ (your |full |contact |complete |first and last |form fields? )*(name|nom|nombre|nome|naam|navn|namn|nimi|imie|имя|фио)( complete?t?o?| y apellidos?| e cognome| i nazwisko| required| optional)? $| (fullname|yourname|realname) |名前|氏名|姓名|이름|성함/;

export const GIVEN_NAME =
  / first( name)? |firstname| fname | given( name)? |vorname|prenom| voornaam | fornamn | imie |имя/;

export const FAMILY_NAME =
  / last( name)? |lastname| lname | (family|sur) ?name |surname|nachname|apellido|cognome|achternaam|efternam|nazwisko|фамилия/;

/** A login. `designing` is not one; `anmelden` is, because a German sign-up says "registrieren". */
export const LOGIN =
  /(log|sign)in(?!g)| (log|sign) (in|on) | logon | einlogg| anmelden | inlogg| logga in | log ind | logg inn | connexion | connecte[rz]? | conect| inici\w* (de )?ses| autenti[cf]| entrar | acced(er|i) | kirjaudu| (za)?log(uj|owa)|prihlas| prijav| bejelentk| belep|συνδε|εισοδ|вои[тд]| вх[оі]д |віити| giris|oturum ac|ログイン|サインイン|登录|登入|로그인|دخول|התחבר|כניסה|เข้า| masuk |đang nhap/;

/** A log-out. */
export const LOGOUT = / (log|sign) ?(out|off) /;

/** A sign-up. */
export const SIGNUP =
  /sign(ing)? ?up| get(ting)? started | (start|try)( it| now)?( for)? free |kostenlos| gratis |gratuit| commence[rz] | loslegen | empieza | empezar | come[nc]ar | inizia | (user|member)?regis[tz]| join(ing|us)? | creat(e|ion|ing)| trial| enrol| inscri| creer? | crea(re?)? | criar | creeaz| cadastr| iscri| erstellen | eroffnen | aanmaken | opret| skapa | luo | rekisteroi|rejestr| inregistr| za[lł]oz| utworz|vytvor| feliratk|letrehoz|εγγραφ|δημιουργ|регистр|реєстр|созда|створ| uye| kay[ıi]t| kaydol|hesap (olus|ac)|登録|注册|註冊|가입| (ال)?(تسجيل|سجّ?ل) (?!(ال)?دخول)|إنشاء|اشترا?ك|הי?רש[מם]|สมัคร|ทะเบียน| daftar |đang k[yi] /;

/** Words that are neither a sign-up nor a demo: on their own, in the plural, or joined to `password` or `form`. */
export const SOMETHING_ELSE =
  / (?:password)?(reset|forgot|recover|unsubscribe|opt ?out|comment|checkout|payment|lost ?password|(?:account|password) recovery)(?:s|ten)?(?:password)?(?:form)? /;

/** What outweighs those words: a demo of payments, a trial of a checkout. */
export const OFFER = / demos? | (free )?trials? /;

/**
 * The same where a person reads it, on a button or above the fields. A demo is also sold with "Recover lost deals" and
 * "Unsubscribe at any time", so here it must be unmistakable.
 */
export const UNMISTAKABLE =
  /^ (yes |confirm )?(unsubscri|opt (me )?out|post (a )?comment)| (reset|recovery) (link|instruc|code|e ?mail)|abbestell|(^| newsletter) abmelden |desinscri|des?abonn|dezabon|de baja|disiscri|cancelar (a )?(inscri|subscri|suscri)|uitschrijv|afmeld|avmeld|avregistr|wypis|odhlasit odb|leiratkoz|peruuta tilaus|abonelikten|отпи[сш]|відпис|配信停止|退[订訂]|取消[订訂]|수신 ?거부/;

/** What resets or changes a password, in a form that also says password. */
export const RESET =
  / (reset|forg[eo]t|recover)| (change|lost|new) (my |your )?passw|vergess|zuruckset|oubli|olvid|restabl|recuper|esquec|dimentic|vergeten|забыл|восстан|忘|重[置設]|找回|再設定|찾기/;

/** What a login offers to a person who comes back. */
export const REMEMBER = / remember| (stay|keep me) (logged|signed) in |angemeldet bleib/;

/** Somebody else than the one who fills in the form: a friend who is invited, a colleague. */
export const SOMEBODY_ELSE = / (friends?|invitees?|colleagues?|teammates?|recipients?|referees?) /;

/** A password, in a field that does not say so by its type. */
export const PASSWORD =
  /pass(w|ph|c)|mot ?de ?passe| pwd |kennwort|contrasen| senha |wachtwoord|losenord|adgangskode|salasana| has[lł]o | hesl| jelsz| parol|sifre|парол|パスワード|密码|密碼|비밀번호/;

/** What is on a card, in a field that does not say so by its `autocomplete`. */
export const CARD = / (cvc|cvv|csc|iban) |card ?(no|num|number) /;

/** The card that pays, not a loyalty or a gift card. */
export const PAYING = / (cvc|cvv|csc) |^ (cc|(credit )?card) ?num/;

/** In the name of a password: it exists already. */
export const FORMER = / (old|current|existing) /;
