/** Which forms get the field, and whose submission is told: the rules, on what a form says of itself. */
import { expect, test } from 'playwright/test';
import { createJudge, describe } from '../../../../dist/browser/forms/eligibility.js';
import type { ControlEvidence, FormEvidence, SubmitterEvidence } from '../../../../dist/browser/forms/evidence.js';

interface Control extends Partial<Omit<ControlEvidence, 'getHints' | 'autocomplete'>> {
  readonly autocomplete?: string;
  /** What a person reads beside it. */
  readonly hints?: string;
}

/** A form as the table writes it: what is left out is as if the page had not said it. */
interface Form extends Partial<Omit<FormEvidence, 'controls' | 'submitters' | 'pressed' | 'getTitle' | 'getAsides'>> {
  /** What a person reads above it. */
  readonly title?: string;
  /** Its links. */
  readonly asides?: readonly string[];
  readonly controls?: readonly Control[];
  readonly buttons?: readonly (string | Partial<SubmitterEvidence>)[];
  /** Which of its buttons is pressed. */
  readonly pressed?: number;
}

const control = ({ hints = '', autocomplete = '', ...said }: Control): ControlEvidence => ({
  type: 'text',
  name: '',
  id: '',
  inputmode: '',
  isEmpty: false,
  ...said,
  autocomplete: autocomplete.split(' '),
  getHints: () => hints,
});

function form({ controls = [], buttons = [], pressed, title = '', asides = [], ...said }: Form): FormEvidence {
  const submitters = buttons.map((one) => ({
    text: '',
    action: null,
    method: '',
    ...(typeof one === 'string' ? { text: one } : one),
  }));
  return {
    mark: '',
    isAttached: false,
    isSelected: false,
    hasOwnField: false,
    page: '/',
    base: 'https://acme.test/',
    action: null,
    method: '',
    role: '',
    id: '',
    name: '',
    ...said,
    controls: controls.map(control),
    getTitle: () => title,
    getAsides: () => asides,
    submitters,
    pressed: pressed === undefined ? null : (submitters[pressed] ?? null),
  };
}

const isOwnHost = (host: string) => /(^|\.)acme\.test(:\d+)?$/.test(host) || host === 'linked.test';
const judge = (said: Form, forms = 'auto') => describe(createJudge({ forms, isOwnHost })(form(said)));

const email = { type: 'email', name: 'email' };
const password = { type: 'password', name: 'password' };
const newPassword = { type: 'password', autocomplete: 'new-password' };
const withEmail = (said: Form): Form => ({ method: 'post', ...said, controls: [email, ...(said.controls ?? [])] });
const withPassword = (said: Form): Form => withEmail({ ...said, controls: [password, ...(said.controls ?? [])] });

const TAKEN = 'taken: an e-mail field';
const NEW = 'taken: a new password';
const LOGIN = 'left out: a login';
const NONE = 'left out: no e-mail field';

/** Each line: what stands in the title, the form, and the answer. */
type Table = Readonly<Record<string, readonly [said: Form, answer: string]>>;

function check(title: string, table: Table): void {
  test(title, () => {
    const answers = Object.entries(table).map(([name, [said]]) => [name, judge(said)]);
    expect(Object.fromEntries(answers)).toEqual(
      Object.fromEntries(Object.entries(table).map(([name, [, answer]]) => [name, answer])),
    );
  });
}

test.describe('the eligibility of forms', () => {
  check("hears the page's own word first, in its order", {
    'marked "off", whatever else': [
      withEmail({ mark: 'off', isAttached: true, isSelected: true, hasOwnField: true }),
      'left out: marked "off"',
    ],
    'marked "signup", a login': [withPassword({ mark: 'signup', action: '/login' }), 'taken: marked "signup"'],
    'marked "demo", to another company': [{ mark: 'demo', action: 'https://vendor.test/f' }, 'taken: marked "demo"'],
    'another word as a mark': [{ mark: 'field' }, NONE],
    'handed over, a search': [{ isAttached: true, role: 'search' }, 'taken: attached'],
    'a field of its own, phone only': [
      { hasOwnField: true, controls: [{ type: 'tel', name: 'phone' }] },
      'taken: a field of its own',
    ],
    'a field of its own, to another company': [
      withEmail({ hasOwnField: true, action: 'https://vendor.test/f' }),
      'taken: a field of its own',
    ],
    'a field of its own, under a path that says reset': [
      withEmail({ hasOwnField: true, action: '/reset' }),
      'taken: a field of its own',
    ],
  });

  test('takes what the site asks for, where it does not leave the choice to us', () => {
    expect(judge(withEmail({}), 'marked')).toBe('left out: not marked');
    expect(judge({ mark: 'demo' }, 'marked')).toBe('taken: marked "demo"');
    expect(judge({ hasOwnField: true }, 'marked')).toBe('taken: a field of its own');
    expect(judge({ isSelected: true, action: '/login' }, '.lead')).toBe('taken: by the selector .lead');
    expect(judge(withEmail({}), '.lead')).toBe('left out: not by the selector .lead');
    expect(judge({ hasOwnField: true }, '.lead')).toBe('taken: a field of its own');
  });

  check('takes what asks for a person', {
    'an e-mail field': [withEmail({}), TAKEN],
    'nothing but a name': [{ controls: [{ name: 'name' }] }, NONE],
    'nothing but a phone': [{ controls: [{ type: 'tel', name: 'phone' }] }, NONE],
    'a new password': [{ controls: [{ name: 'user' }, newPassword] }, NEW],
    'two passwords': [{ controls: [{ name: 'user' }, password, password] }, NEW],
    'a password and its confirmation, shown as text': [
      { controls: [{ name: 'user' }, password, { name: 'user[password_confirmation]' }] },
      NEW,
    ],
    'a password, and nobody’s name': [{ controls: [{ name: 'user' }, password] }, NONE],
    'a password, and a button that creates an account': [
      { controls: [{ name: 'user' }, password], buttons: ['Create account'] },
      NEW,
    ],
    'a password, and a button that says both': [
      { controls: [{ name: 'user' }, password], buttons: ['Sign up or log in'] },
      NONE,
    ],
    'the address of a friend': [{ controls: [{ type: 'email', name: 'friend_email' }] }, NONE],
  });

  const asks = (said: Control): readonly [Form, string] => [{ controls: [said] }, TAKEN];
  check('knows an e-mail field by its meaning', {
    'its type': asks({ type: 'email' }),
    'its autocomplete': asks({ autocomplete: 'section-a work email' }),
    'its inputmode': asks({ inputmode: 'email' }),
    'its id': asks({ id: 'email' }),
    'its placeholder': asks({ hints: 'Work e-mail' }),
    'an address as an example': asks({ hints: 'ada@company.com' }),
    'HubSpot, Rails, Django, Laravel': asks({ name: 'user[email]' }),
    'Contact Form 7': asks({ name: 'your-email' }),
    Mailchimp: asks({ name: 'EMAIL' }),
    Elementor: asks({ name: 'form_fields[email]' }),
    'ASP.NET': asks({ name: 'ctl00$MainContent$txtEmail' }),
    'camel case': asks({ name: 'workEMail' }),
    'glued words': asks({ name: 'useremailaddress' }),
    'mail alone': asks({ name: 'usermail' }),
    Spanish: asks({ name: 'correo' }),
    'Spanish with an accent': asks({ hints: 'Correo electrónico *' }),
    French: asks({ name: 'courriel' }),
    'French on a label': asks({ name: 'field_3', hints: 'Adresse électronique' }),
    Vietnamese: asks({ name: 'field_3', hints: 'Thư điện tử' }),
    'French, in short': asks({ hints: 'Mél' }),
    'French, long': asks({ hints: 'Adresse e-mail' }),
    German: asks({ hints: 'E-Mail-Adresse' }),
    'German, glued': asks({ name: 'Mailadresse' }),
    Italian: asks({ hints: 'Posta elettronica' }),
    Swedish: asks({ hints: 'E-postadress' }),
    Norwegian: asks({ name: 'epost' }),
    Finnish: asks({ hints: 'Sähköposti' }),
    Turkish: asks({ hints: 'E-posta adresi' }),
    Slovenian: asks({ hints: 'E-pošta' }),
    Russian: asks({ hints: 'Электронная почта' }),
    Ukrainian: asks({ hints: 'Електронна пошта' }),
    Japanese: asks({ hints: 'メールアドレス' }),
    'Japanese, half-width': asks({ hints: 'ﾒｰﾙｱﾄﾞﾚｽ' }),
    'simplified Chinese': asks({ hints: '电子邮箱' }),
    'traditional Chinese': asks({ hints: '電子郵件' }),
    Korean: asks({ hints: '이메일' }),
    Arabic: asks({ hints: 'البريد الإلكتروني' }),
    Hebrew: asks({ hints: 'דוא"ל' }),
    Hindi: asks({ hints: 'ईमेल' }),
    Thai: asks({ hints: 'อีเมล' }),
    Greek: asks({ hints: 'Ηλεκτρονική διεύθυνση' }),
    'Greek, in capitals': asks({ hints: 'ΗΛΕΚΤΡΟΝΙΚΗ ΔΙΕΥΘΥΝΣΗ' }),
    'Arabic, as it sounds': asks({ hints: 'الإيميل' }),
    Persian: asks({ hints: 'ایمیل' }),
    Hungarian: asks({ hints: 'E-mail-cím' }),
    Romanian: asks({ hints: 'Adresă de e-mail' }),
    Indonesian: asks({ hints: 'Alamat email' }),
    Lithuanian: asks({ hints: 'El. paštas' }),
    Bulgarian: asks({ hints: 'Имейл' }),
    'a custom element': asks({ type: '', name: 'email' }),
    'one that an earlier step asked for': asks({ type: 'hidden', name: 'email' }),
  });

  const asksNot = (said: Control): readonly [Form, string] => [{ controls: [said] }, NONE];
  check('takes nothing for an e-mail field that is none', {
    'a consent to mails': asksNot({ type: 'checkbox', name: 'email_opt_in', hints: 'E-mail me news' }),
    'how often': asksNot({ type: 'select', name: 'email_frequency' }),
    'a message': asksNot({ type: 'textarea', name: 'message', hints: 'Your e-mail to us' }),
    'a search': asksNot({ type: 'search', name: 'email' }),
    'a button': asksNot({ type: 'submit', name: 'email' }),
    'a mailing list': asksNot({ type: 'hidden', name: 'mailing_list' }),
    Mailchimp: asksNot({ id: 'mailchimp-name', name: 'FNAME' }),
    'the hint of a hidden field': asksNot({ type: 'hidden', name: 'f1', hints: 'E-mail' }),
    'a handle': asksNot({ name: 'handle', hints: '@ada' }),
    'a post code': asksNot({ name: 'the_post_code' }),
  });

  check('knows a login by what it says', {
    'a current password': [
      withEmail({ controls: [{ type: 'password', autocomplete: 'current-password webauthn' }] }),
      LOGIN,
    ],
    'a change of password': [
      withEmail({ controls: [{ ...password, name: 'old_password' }, password, password] }),
      LOGIN,
    ],
    'its action': [withPassword({ action: '/sign-in' }), LOGIN],
    'its id': [withPassword({ id: 'userLogin' }), LOGIN],
    'its name': [withPassword({ name: 'log_in' }), LOGIN],
    'its button': [withPassword({ buttons: ['Log in'] }), LOGIN],
    'the path of its page': [withPassword({ page: '/account/log-in' }), LOGIN],
    'the route of its page': [withPassword({ page: '/ /login' }), LOGIN],
    'its heading': [withPassword({ title: 'Log in to your account', buttons: ['Continue'] }), LOGIN],
    'a password that is shown as text': [
      withEmail({ page: '/login', controls: [{ type: 'text', name: 'password' }] }),
      LOGIN,
    ],
    WordPress: [withPassword({ id: 'loginform', name: 'loginform', action: '/wp-login.php' }), LOGIN],
    Devise: [withPassword({ id: 'new_user', action: '/users/sign_in' }), LOGIN],
    Django: [withPassword({ action: '/accounts/login/', page: '/accounts/login/' }), LOGIN],
    Shopify: [withPassword({ id: 'customer_login', action: '/account/login' }), LOGIN],
    WooCommerce: [withPassword({ page: '/my-account/', buttons: ['Log in'] }), LOGIN],
    'ASP.NET': [withPassword({ action: '/Account/Login', buttons: ['Log on'] }), LOGIN],
    German: [withPassword({ buttons: ['Anmelden'] }), LOGIN],
    French: [withPassword({ buttons: ['Se connecter'] }), LOGIN],
    Spanish: [withPassword({ buttons: ['Iniciar sesión'] }), LOGIN],
    Italian: [withPassword({ buttons: ['Accedi'] }), LOGIN],
    Portuguese: [withPassword({ buttons: ['Entrar'] }), LOGIN],
    Japanese: [withPassword({ buttons: ['ログイン'] }), LOGIN],
    Chinese: [withPassword({ page: '/%E7%99%BB%E5%BD%95' }), LOGIN],
    Korean: [withPassword({ buttons: ['로그인'] }), LOGIN],
    Russian: [withPassword({ buttons: ['Войти'] }), LOGIN],
    Hungarian: [withPassword({ buttons: ['Bejelentkezés'] }), LOGIN],
    'Hungarian, shorter': [withPassword({ buttons: ['Belépés'] }), LOGIN],
    Greek: [withPassword({ buttons: ['Σύνδεση'] }), LOGIN],
    'Greek, in capitals': [withPassword({ buttons: ['ΕΙΣΟΔΟΣ'] }), LOGIN],
    Arabic: [withPassword({ buttons: ['تسجيل الدخول'] }), LOGIN],
    'Arabic, as an order': [withPassword({ buttons: ['سجّل الدخول'] }), LOGIN],
    Romanian: [withPassword({ buttons: ['Autentificare'] }), LOGIN],
    'Romanian, another word': [withPassword({ buttons: ['Conectează-te'] }), LOGIN],
    Turkish: [withPassword({ buttons: ['GİRİŞ YAP'] }), LOGIN],
    'Turkish, another word': [withPassword({ buttons: ['Oturum aç'] }), LOGIN],
    Czech: [withPassword({ buttons: ['Přihlášení'] }), LOGIN],
    Slovak: [withPassword({ buttons: ['Prihlásiť sa'] }), LOGIN],
    Croatian: [withPassword({ buttons: ['Prijavi se'] }), LOGIN],
    Ukrainian: [withPassword({ buttons: ['Увійти'] }), LOGIN],
    'Ukrainian, as a noun': [withPassword({ buttons: ['Вхід'] }), LOGIN],
    Hebrew: [withPassword({ buttons: ['התחברות'] }), LOGIN],
    'Hebrew, another word': [withPassword({ buttons: ['כניסה'] }), LOGIN],
    Thai: [withPassword({ buttons: ['เข้าสู่ระบบ'] }), LOGIN],
    Indonesian: [withPassword({ buttons: ['Masuk'] }), LOGIN],
    Vietnamese: [withPassword({ buttons: ['Đăng nhập'] }), LOGIN],
    Catalan: [withPassword({ buttons: ['Inicia la sessió', 'Inicia sessió'], pressed: 1 }), LOGIN],
    'an offer to remember the visitor': [
      withPassword({ buttons: ['Continue'], controls: [{ type: 'checkbox', name: 'user[remember_me]' }] }),
      LOGIN,
    ],
    'such an offer, on its label': [
      withPassword({ buttons: ['Continue'], controls: [{ type: 'checkbox', name: 'f3', hints: 'Keep me signed in' }] }),
      LOGIN,
    ],
    'a way out for one who forgot': [
      withPassword({ buttons: ['Continue'], asides: ['Privacy /privacy', 'Forgot your password? /password/new'] }),
      LOGIN,
    ],
    'such a way, by where it leads': [withPassword({ buttons: ['Go'], asides: ['Help? /forgot-password'] }), LOGIN],
    'such a way in German': [withPassword({ buttons: ['Weiter'], asides: ['Passwort vergessen? #'] }), LOGIN],
    'such a way in Chinese': [withPassword({ buttons: ['OK'], asides: ['忘记密码？ #'] }), LOGIN],
    'a button that is pressed, beside one that signs up': [
      withPassword({ page: '/login', buttons: [{ action: '/login' }, { action: '/signup' }], pressed: 0 }),
      LOGIN,
    ],
  });

  check("takes a sign-up, whose own words outweigh its page's", {
    'nothing of that kind': [withPassword({}), TAKEN],
    'no password': [withEmail({ page: '/login', buttons: ['Log in'] }), TAKEN],
    'a new password on a login page': [withEmail({ page: '/login', controls: [newPassword] }), NEW],
    'two passwords on a login page': [withPassword({ page: '/login', controls: [password] }), NEW],
    'its action': [withPassword({ page: '/login', action: '/register' }), TAKEN],
    'its button': [withPassword({ page: '/login', buttons: ['Create account'] }), TAKEN],
    'its heading': [withPassword({ page: '/login', title: 'Create your account', buttons: ['Continue'] }), TAKEN],
    'its id': [withPassword({ page: '/login', id: 'signupForm' }), TAKEN],
    'a trial': [withPassword({ page: '/login', buttons: ['Start free trial'] }), TAKEN],
    'the query of its action': [withPassword({ action: '/accounts/signup?next=/login' }), TAKEN],
    'the query of its action, alone': [withPassword({ action: '/accounts?next=/login' }), TAKEN],
    'one of two buttons, before one is pressed': [
      withPassword({ page: '/login', buttons: [{ action: '/login' }, { action: '/signup' }] }),
      TAKEN,
    ],
    'the second of two buttons, pressed': [
      withPassword({ page: '/login', buttons: [{ action: '/login' }, { action: '/signup' }], pressed: 1 }),
      TAKEN,
    ],
    'a page that says both': [withPassword({ page: '/login-or-register' }), TAKEN],
    'words in which a login only begins': [withPassword({ id: 'preset-accommodation-designing' }), TAKEN],
    Shopify: [withPassword({ page: '/account/login', id: 'create_customer', action: '/account' }), TAKEN],
    German: [withPassword({ page: '/anmelden', buttons: ['Registrieren'] }), TAKEN],
    French: [withPassword({ page: '/connexion', buttons: ["S'inscrire"] }), TAKEN],
    Spanish: [withPassword({ page: '/login', buttons: ['Crear cuenta'] }), TAKEN],
    Portuguese: [withPassword({ page: '/login', buttons: ['Cadastre-se'] }), TAKEN],
    Japanese: [withPassword({ page: '/login', buttons: ['新規登録'] }), TAKEN],
    Russian: [withPassword({ page: '/login', buttons: ['Зарегистрироваться'] }), TAKEN],
    Hungarian: [withPassword({ page: '/login', buttons: ['Regisztráció'] }), TAKEN],
    Greek: [withPassword({ page: '/login', buttons: ['Εγγραφή'] }), TAKEN],
    'Greek, in capitals': [withPassword({ page: '/login', buttons: ['ΔΗΜΙΟΥΡΓΙΑ ΛΟΓΑΡΙΑΣΜΟΥ'] }), TAKEN],
    Arabic: [withPassword({ page: '/login', buttons: ['إنشاء حساب'] }), TAKEN],
    'Arabic, another word': [withPassword({ page: '/login', buttons: ['سجّل الآن'] }), TAKEN],
    Romanian: [withPassword({ page: '/login', buttons: ['Înregistrare'] }), TAKEN],
    'Romanian, another word': [withPassword({ page: '/login', buttons: ['Creează cont'] }), TAKEN],
    Turkish: [withPassword({ page: '/login', buttons: ['KAYIT OL'] }), TAKEN],
    'Turkish, another word': [withPassword({ page: '/login', buttons: ['Hesap oluştur'] }), TAKEN],
    Czech: [withPassword({ page: '/login', buttons: ['Vytvořit účet'] }), TAKEN],
    Polish: [withPassword({ page: '/login', buttons: ['Załóż konto'] }), TAKEN],
    Ukrainian: [withPassword({ page: '/login', buttons: ['Зареєструватися'] }), TAKEN],
    Hebrew: [withPassword({ page: '/login', buttons: ['הרשמה'] }), TAKEN],
    Thai: [withPassword({ page: '/login', buttons: ['สมัครสมาชิก'] }), TAKEN],
    Indonesian: [withPassword({ page: '/login', buttons: ['Daftar'] }), TAKEN],
    Vietnamese: [withPassword({ page: '/login', buttons: ['Đăng ký'] }), TAKEN],
    'Spanish, without accents': [withPassword({ page: '/login', buttons: ['INSCRIPCION'] }), TAKEN],
    'its button, beside an offer to remember the visitor': [
      withPassword({ buttons: ['Get started free'], controls: [{ type: 'checkbox', name: 'remember' }] }),
      TAKEN,
    ],
    'its heading, on the page of a login': [
      withPassword({ page: '/auth/login', title: 'Start for free', buttons: ['Continue'] }),
      TAKEN,
    ],
    'its button in French, on the page of a login': [
      withPassword({ page: '/connexion', action: '/compte', buttons: ['Commencer'] }),
      TAKEN,
    ],
    'its page, beside an offer to remember the visitor': [
      withPassword({ page: '/register', controls: [{ type: 'checkbox', name: 'remember' }] }),
      TAKEN,
    ],
    'its button, beside a way out for one who forgot': [
      withPassword({ buttons: ['Create account'], asides: ['Forgot password? /reset'] }),
      TAKEN,
    ],
    'links of every kind': [
      withPassword({ buttons: ['Continue'], asides: ['Terms /terms', 'Password rules /help#passwords', 'Reset #'] }),
      TAKEN,
    ],
  });

  check('leaves out what is something else, by words of its own', {
    'a reset': [withEmail({ action: '/passwordreset' }), 'left out: says "reset"'],
    'a reset with a new password': [
      { method: 'post', action: '/reset-password', controls: [newPassword] },
      'left out: says "reset"',
    ],
    'a forgotten password': [withEmail({ id: 'forgotPassword' }), 'left out: says "forgot"'],
    'a lost password of WordPress': [withEmail({ id: 'lostpasswordform' }), 'left out: says "lostpassword"'],
    'a recovery of Shopify': [withEmail({ action: '/account/recover' }), 'left out: says "recover"'],
    'an unsubscription': [withEmail({ action: '/unsubscribe' }), 'left out: says "unsubscribe"'],
    'an opting out': [withEmail({ action: '/opt-out' }), 'left out: says "opt out"'],
    'a comment of WordPress': [
      withEmail({ id: 'commentform', action: '/wp-comments-post.php' }),
      'left out: says "comment"',
    ],
    'a checkout': [withEmail({ name: 'checkout' }), 'left out: says "checkout"'],
    payments: [withEmail({ action: '/payments' }), 'left out: says "payment"'],
    'camel case': [withEmail({ id: 'paymentForm' }), 'left out: says "payment"'],
    'a card': [withEmail({ controls: [{ autocomplete: 'billing cc-number' }] }), 'left out: a payment'],
    'a card by its name': [withEmail({ controls: [{ name: 'cardnumber' }] }), 'left out: a payment'],
    'a card by its name, in two words': [withEmail({ controls: [{ name: 'card_number' }] }), 'left out: a payment'],
    'a card by its name, in camel case': [withEmail({ controls: [{ id: 'creditCardNumber' }] }), 'left out: a payment'],
    'its code': [withEmail({ controls: [{ name: 'payment[cvc]' }] }), 'left out: a payment'],
    'its code, another name': [withEmail({ controls: [{ id: 'CVV' }] }), 'left out: a payment'],
    'a reset of Django on a page that says so, by its button': [
      withEmail({ page: '/accounts/password_reset/', action: '', buttons: ['Reset my password'] }),
      'left out: says "reset my password"',
    ],
    'a reset by its button, a link by e-mail': [
      withEmail({ buttons: ['Send reset link'] }),
      'left out: says "send reset link"',
    ],
    'a reset of Devise by its button': [
      withEmail({ action: '/users/password', id: 'new_user', buttons: ['Send me reset password instructions'] }),
      'left out: says "send me reset password instructions"',
    ],
    'a reset by its heading': [
      withEmail({ title: 'Forgot your password?', buttons: ['Continue'] }),
      'left out: says "forgot your password"',
    ],
    'a reset by its button, beside a heading that creates': [
      { controls: [newPassword, newPassword], title: 'Create a new password', buttons: ['Reset password'] },
      'left out: says "reset password"',
    ],
    'a change of password by its button': [
      { controls: [newPassword, newPassword], buttons: ['Change my password'] },
      'left out: says "change my password"',
    ],
    'a reset in German': [withEmail({ buttons: ['Passwort zurücksetzen'] }), 'left out: says "passwort zurucksetzen"'],
    'a reset in Spanish': [withEmail({ title: 'Recuperar contraseña' }), 'left out: says "recuperar contrasena"'],
    'an unsubscription on a page that says so, by its button': [
      withEmail({ page: '/unsubscribe', action: '', buttons: ['Unsubscribe'] }),
      'left out: says "unsubscribe"',
    ],
    'an unsubscription by its button, in a sentence': [
      withEmail({ buttons: ['Yes, unsubscribe me'] }),
      'left out: says "yes unsubscribe me"',
    ],
    'an unsubscription by its heading': [
      withEmail({ title: 'Unsubscribe from our newsletter', buttons: ['Confirm'] }),
      'left out: says "unsubscribe from our newsletter"',
    ],
    'an unsubscription in German': [
      withEmail({ buttons: ['Newsletter abbestellen'] }),
      'left out: says "newsletter abbestellen"',
    ],
    'an unsubscription in German, in one word': [withEmail({ buttons: ['Abmelden'] }), 'left out: says "abmelden"'],
    'an unsubscription in French': [withEmail({ buttons: ['Me désinscrire'] }), 'left out: says "me desinscrire"'],
    'an unsubscription in Italian': [withEmail({ buttons: ['Disiscriviti'] }), 'left out: says "disiscriviti"'],
    'an unsubscription in Dutch': [withEmail({ title: 'Uitschrijven' }), 'left out: says "uitschrijven"'],
    'an unsubscription in Portuguese': [
      withEmail({ buttons: ['Cancelar inscrição'] }),
      'left out: says "cancelar inscricao"',
    ],
    'an unsubscription in Polish': [withEmail({ buttons: ['Wypisz mnie'] }), 'left out: says "wypisz mnie"'],
    'an unsubscription in Russian': [
      withEmail({ buttons: ['Отписаться от рассылки'] }),
      'left out: says "отписаться от рассылки"',
    ],
    'an unsubscription in Japanese': [withEmail({ buttons: ['配信停止'] }), 'left out: says "配信停止"'],
    'an unsubscription in Chinese': [withEmail({ buttons: ['退订'] }), 'left out: says "退订"'],
    'a log-out': [{ controls: [{ ...email, type: 'hidden' }, { type: 'submit' }], buttons: ['Log out'] }, NONE],
    'a code that was sent by e-mail': [
      {
        controls: [
          { ...email, type: 'hidden' },
          { autocomplete: 'one-time-code', name: 'code' },
        ],
        buttons: ['Verify'],
      },
      NONE,
    ],
    'a search by its role': [withEmail({ role: 'search' }), 'left out: a search'],
    'a search by its field': [
      withEmail({ method: 'get', controls: [{ type: 'search', name: 'q' }] }),
      'left out: a search',
    ],
    'a dialog': [withEmail({ method: 'dialog' }), 'left out: closes a dialog'],
    'a dialog by its button': [
      withEmail({ buttons: [{ text: 'Cancel', method: 'dialog' }, 'Join'], pressed: 0 }),
      'left out: closes a dialog',
    ],
  });

  check('takes what only looks like something else', {
    'disaster recovery': [withEmail({ page: '/disaster-recovery/', action: '/disaster-recovery/demo' }), TAKEN],
    'the optimization of checkouts': [withEmail({ page: '/checkout-optimization/demo' }), TAKEN],
    'a page about payments': [withEmail({ page: '/payments/demo', action: '' }), TAKEN],
    'a preset': [withEmail({ id: 'preset' }), TAKEN],
    'an unsubscription that only its page says': [
      withEmail({ page: '/unsubscribe', action: '', buttons: ['Send'] }),
      TAKEN,
    ],
    'a reset that only its page says': [withEmail({ page: '/password_reset', action: '', buttons: ['Send'] }), TAKEN],
    'a promise above a newsletter': [
      withEmail({ title: 'No spam. Unsubscribe at any time.', buttons: ['Subscribe (unsubscribe whenever you like)'] }),
      TAKEN,
    ],
    'the same in German': [withEmail({ title: 'Kein Spam, jederzeit abmelden', buttons: ['Anfordern'] }), TAKEN],
    'the last step of a wizard': [
      {
        controls: [
          { ...email, type: 'hidden' },
          { type: 'select', name: 'size' },
        ],
      },
      TAKEN,
    ],
    'a last step that only confirms': [
      { controls: [{ ...email, type: 'hidden' }, { type: 'submit' }], buttons: ['Start my trial'] },
      TAKEN,
    ],
    'a demo of payments': [withEmail({ id: 'payments-demo', buttons: ['Contact sales'] }), TAKEN],
    'a demo of a checkout': [withEmail({ action: '/products/checkout/request-demo' }), TAKEN],
    'a demo by its button': [withEmail({ id: 'checkout-form', buttons: ['Request a demo'] }), TAKEN],
    'a trial of comments': [withEmail({ name: 'comments-free-trial' }), TAKEN],
    'headings that sell': [
      withEmail({ title: 'Recover lost deals, reset your expectations, change the game', buttons: ['Book a demo'] }),
      TAKEN,
    ],
    'a payment that a button names': [withEmail({ buttons: ['Continue to payment'] }), TAKEN],
    'a sign-up whose heading also offers a reset': [
      withPassword({ title: 'Create account Forgot password?', buttons: ['Create account'] }),
      TAKEN,
    ],
    'one of two buttons, before the unsubscription is pressed': [
      withEmail({ buttons: ['Save preferences', 'Unsubscribe'] }),
      TAKEN,
    ],
    'a loyalty card': [withEmail({ controls: [{ name: 'loyalty_card_number' }] }), TAKEN],
    'a business card': [withEmail({ controls: [{ name: 'card_title' }, { name: 'discard' }] }), TAKEN],
    'a commentary': [withEmail({ id: 'commentary-signup' }), TAKEN],
    'a query': [withEmail({ action: '/demo?from=checkout' }), TAKEN],
    'a picker of countries, with a search of its own': [
      withEmail({ method: 'get', controls: [{ type: 'search' }] }),
      TAKEN,
    ],
    'a search beside an e-mail field that is posted': [withEmail({ controls: [{ type: 'search', name: 'q' }] }), TAKEN],
    'a trial with a card': [withEmail({ controls: [newPassword, { autocomplete: 'cc-number' }] }), NEW],
    'a dialog, whose other button is pressed': [
      withEmail({ buttons: [{ text: 'Cancel', method: 'dialog' }, 'Join'], pressed: 1 }),
      TAKEN,
    ],
  });

  check('asks where a form goes', {
    'nowhere, as it says nothing': [withEmail({ action: null }), TAKEN],
    'nowhere, as its action is empty': [withEmail({ action: ' ' }), TAKEN],
    'to an anchor': [withEmail({ method: 'get', action: '#thanks' }), TAKEN],
    'to javascript': [withEmail({ method: '', action: 'javascript:void(0)' }), TAKEN],
    'to the action of React 19': [
      withEmail({ method: '', action: "javascript:throw new Error('React form unexpectedly submitted.')" }),
      TAKEN,
    ],
    'to about:blank': [withEmail({ action: 'about:blank' }), TAKEN],
    'to the action of SolidStart': [withEmail({ action: 'https://action/join-1?args=1' }), TAKEN],
    'to what is no address': [withEmail({ action: 'http://' }), TAKEN],
    'to this page with a slash': [withEmail({ method: '', page: '/demo/', action: '/demo' }), TAKEN],
    'to this site by GET': [withEmail({ method: 'get', action: '/members' }), TAKEN],
    'to a subdomain': [withEmail({ action: 'https://app.acme.test/join' }), TAKEN],
    'to a host of links by GET': [withEmail({ method: 'get', action: 'https://linked.test/join' }), TAKEN],
    'to another company': [
      withEmail({ action: 'https://vendor.test/f/1' }),
      'told, and not taken: goes to vendor.test',
    ],
    'to another company by GET': [
      withEmail({ method: 'get', action: 'https://vendor.test/f/1' }),
      'told, and not taken: goes to vendor.test',
    ],
    'to another company without a scheme': [
      withEmail({ action: '//vendor.test/f/1' }),
      'told, and not taken: goes to vendor.test',
    ],
    'to another company by its button': [
      withEmail({ action: '/join', buttons: [{ action: 'https://vendor.test/f' }], pressed: 0 }),
      'told, and not taken: goes to vendor.test',
    ],
    'to another company, which is a login there': [withPassword({ action: 'https://vendor.test/login' }), LOGIN],
    'to the host of another machine': [
      withEmail({ action: 'http://localhost:8080/f' }),
      'told, and not taken: goes to localhost:8080',
    ],
  });

  check('serves a page that is one form (ASP.NET), by the button that is pressed', {
    'none yet': [withPassword({ id: 'aspnetForm', buttons: ['Log in', 'Subscribe'] }), TAKEN],
    'the login': [withPassword({ id: 'aspnetForm', buttons: ['Log in', 'Subscribe'], pressed: 0 }), LOGIN],
    'the newsletter': [withPassword({ id: 'aspnetForm', buttons: ['Log in', 'Subscribe'], pressed: 1 }), TAKEN],
    'the search, while nobody gave an address': [
      {
        method: 'post',
        controls: [
          { ...email, isEmpty: true },
          { type: 'search', name: 'q' },
        ],
        buttons: ['Search', 'Subscribe'],
        pressed: 0,
      },
      'taken, and not told: an empty e-mail field',
    ],
  });
});
