/** A component test of a Vue app. */
import { createApp, h, onMounted, reactive } from 'vue';
import { celloCompanion, UccField, useCompanion, useReferral, useReport, useUcc } from '../../../dist/vue/index.js';
import { codes, isFree, until } from './wait.mjs';

const told = {};
let isFirst = true;
let hasSettled = false;
let asked;

const App = {
  setup() {
    const ucc = useUcc();
    const referral = useReferral();
    const report = useReport();
    const companion = useCompanion();
    const values = reactive({ ucc: '' });
    onMounted(() => {
      if (!isFirst) return;
      report({ kind: 'demo', key: 'booking-1' }).then(() => {
        hasSettled = true;
      });
      asked = companion.getUcc();
    });
    const update = (value) => {
      values.ucc = value;
    };
    return () =>
      h('form', { action: '/join' }, [
        h('input', { type: 'email', name: 'email', value: 'ada@example.com' }),
        h(UccField, { modelValue: values.ucc, 'onUpdate:modelValue': update }),
        h('output', [ucc.value, referral.value?.source, values.ucc].join(' ')),
        h('button', { type: 'button', onClick: () => companion.setConsent('denied') }, 'Refuse'),
      ]);
  },
};

const read = () => document.querySelector('output')?.textContent;

function open(options) {
  const host = document.createElement('main');
  document.body.append(host);
  const app = createApp(App);
  app.config.warnHandler = () => undefined;
  if (options) app.use(celloCompanion({ endpoint: '/api/cello', timeout: 10, ...options }));
  app.mount(host);
  return { host, close: () => app.unmount() };
}

window.run = async () => {
  const first = open({});
  await until(() => hasSettled);
  told.ucc = (await asked) ?? null;
  await until(() => !told.ucc || read().endsWith('address pNRB1aYqArN'));
  isFirst = false;
  told.shown = read();
  told.codes = codes();
  first.host.querySelector('button').click();
  await until(() => !read().trim() || !told.ucc);
  told.refused = [read().trim(), ...codes()];
  first.close();
  await until(isFree);
  const second = open({});
  await until(() => codes()[0] || !told.ucc);
  told.again = codes();
  second.close();
  told.isFree = isFree();
  told.mistakes = [];
  for (const options of [null, { endpont: '/api' }, { timeout: 'soon' }]) {
    try {
      open(options);
    } catch (error) {
      told.mistakes.push(`${error.name}: ${error.message}`);
    }
  }
  return told;
};
