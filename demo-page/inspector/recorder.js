// The inspector's ears in the page: it writes down the events of cello-companion, from the first on, page after page.
{
  const KEY = 'inspector';
  const filled = new WeakSet();
  const findField = (form) => [...form.elements].find(({ name }) => name === 'ucc');
  const nameForm = (form) => form.getAttribute('id') ?? 'without id';

  function record(entry) {
    const whole = { id: crypto.randomUUID(), at: new Date().toISOString(), page: location.pathname, ...entry };
    const entries = JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
    sessionStorage.setItem(KEY, JSON.stringify([...entries, whole].slice(-200)));
    document.dispatchEvent(new CustomEvent('inspector:entry', { detail: whole }));
  }

  const READ = {
    referral: ({ ucc, source }) => ({ station: 'code', ucc, source }),
    carried: ({ embed }) => ({ station: 'field', form: `frame of ${embed}`, kind: null, ucc: null, isOurs: true }),
    filled: ({ form, kind }) => {
      filled.add(form);
      return { station: 'field', form: nameForm(form), kind, ucc: findField(form)?.value ?? null, isOurs: true };
    },
    delivered: ({ id, type }) => ({ station: 'delivered', message: id, type }),
    failed: ({ id, type, reason }) => ({ station: 'failed', message: id, type, reason }),
  };
  for (const [name, read] of Object.entries(READ))
    document.addEventListener(`cello-companion:${name}`, ({ detail }) => record(read(detail)));

  // Where Cello's own script was there first, its field holds the code, and there is nothing for us to fill. No event says
  // so: we look when something was added to the page, and when somebody uses a form.
  const look = (form) => {
    const ucc = form?.elements && findField(form)?.value;
    if (!ucc || filled.has(form)) return;
    filled.add(form);
    record({ station: 'field', form: nameForm(form), kind: null, ucc, isOurs: false });
  };
  new MutationObserver(() => [...document.forms].forEach(look)).observe(document, { childList: true, subtree: true });
  for (const type of ['focusin', 'submit'])
    document.addEventListener(type, ({ target }) => look(target.form ?? target));
}
