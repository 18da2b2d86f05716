// The sign-up as an app: it draws its views itself, changes the address with pushState and sends JSON. Nothing here
// knows of cello-companion: the form comes late, and `new FormData(form)` carries the code all the same.
const app = document.querySelector('#app');

const SIZES = ['Just me', '2 to 8 people', '9 to 30 people', 'More than 30'];

const ACCOUNT = `<h2 tabindex="-1">Your account</h2>
  <form id="app-signup">
    <p class="problem" role="alert" hidden></p>
    <div class="field"><label for="name">Your name</label><input id="name" name="name" autocomplete="name" required maxlength="100"></div>
    <div class="field"><label for="email">Work e-mail</label><input id="email" name="email" type="email" autocomplete="email" required maxlength="200"></div>
    <div class="field"><label for="organization">Studio</label><input id="organization" name="organization" autocomplete="organization" required maxlength="100"></div>
    <div class="field"><label for="password">Password</label><input id="password" name="password" type="password" autocomplete="new-password" required minlength="8" maxlength="100"></div>
    <button class="button wide" type="submit">Create account</button>
  </form>`;

const SIZE = `<h2 tabindex="-1">How big is your studio?</h2>
  <div class="choices">${SIZES.map((size) => `<button type="button">${size}<span aria-hidden="true">→</span></button>`).join('')}</div>`;

const isAccount = () => location.pathname === '/start/account';

function draw() {
  app.innerHTML = isAccount() ? ACCOUNT : SIZE;
}

function go(path) {
  history.pushState(null, '', path);
  draw();
  app.querySelector('h2').focus();
}

async function signUp(form) {
  const answer = await fetch('/api/accounts', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  });
  if (answer.ok) return location.assign('/welcome');
  const { problem } = await answer.json();
  const note = form.querySelector('.problem');
  note.textContent = problem;
  note.hidden = false;
}

app.addEventListener('click', (event) => {
  if (!isAccount() && event.target.closest('.choices button')) go('/start/account');
});
app.addEventListener('submit', (event) => {
  event.preventDefault();
  signUp(event.target);
});
addEventListener('popstate', draw);
draw();
