/** Marketo's Forms 2.0, by its API reference; that \`addHiddenFields\` is its name for it is not settled. */
export const FORMS2_JS = `{
  const waiting = [];
  const forms = [];
  window.MktoForms2 = {
    whenReady(callback) {
      waiting.push(callback);
      for (const form of forms) callback(form);
    },
    loadForm(base, munchkin, id) {
      const element = document.querySelector('#mktoForm_' + id);
      element.innerHTML = '<input type="email" name="Email" aria-label="Email"><button>Send</button>';
      const hidden = {};
      const callbacks = [];
      const typed = () => Object.fromEntries([...element.elements].filter(({ name }) => name).map(({ name, value }) => [name, value]));
      const form = {
        getId: () => id,
        getFormElem: () => ({ 0: element, length: 1 }),
        addHiddenFields: (values) => Object.assign(hidden, values),
        vals: (values) => (values ? void Object.assign(hidden, values) : { ...hidden, ...typed() }),
        onSubmit() {},
        onSuccess: (callback) => void callbacks.push(callback),
      };
      element.addEventListener('submit', async (event) => {
        event.preventDefault();
        const values = form.vals();
        await fetch('/marketo', { method: 'POST', body: new URLSearchParams(values) });
        if (callbacks.map((callback) => callback(values, '/thanks')).every((answer) => answer !== false)) history.pushState({}, '', '/thanks');
      });
      forms.push(form);
      for (const callback of waiting) callback(form);
    },
  };
  MktoForms2.loadForm('//app-ab01.marketo.com', '123-ABC-456', 7);
}`;
