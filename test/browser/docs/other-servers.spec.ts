/** The real script in front of the servers of docs/other-servers.md: what browsers send, they take. */
import { LANGUAGES, startLanguage } from '../../services/languages.js';
import { send } from '../../services/wire.js';
import { expect, test } from '../../site/test.js';

const UCC = 'pNRB1aYqArN';

for (const language of LANGUAGES)
  test(`the script and the server in ${language} bring the code to Cello`, { tag: '@one-engine' }, async ({
    page,
    site,
    start,
  }) => {
    const server = await startLanguage(language, test.info().outputPath('site'), new URL(site.url('/')).origin);
    const forward = async (request: Request) => {
      const { pathname: path } = new URL(request.url);
      const body = new Uint8Array(await request.arrayBuffer());
      const { status, text } = await send(server.origin, {
        path,
        headers: { ...Object.fromEntries(request.headers), 'content-length': String(body.length) },
        body,
      });
      return new Response(text, { status });
    };
    const answers: number[] = [];
    site.answerEndpoint(async (request) => {
      const answer = await forward(request);
      answers.push(answer.status);
      return answer;
    });
    site.route('/join', forward);
    site.page(
      '/',
      `${start({ endpoint: site.endpoint, include: 'email', field: 'code' })}
       <form method="post" action="/join"><input type="email" name="email"><button>Join</button></form>`,
    );
    await page.goto(site.url(`/?ucc=${UCC}`));
    await page.locator('input').fill('ada@example.com');
    await page.getByRole('button').click();
    await page.waitForURL('**/join');
    await expect(page.locator('body')).toContainText('Welcome');
    await expect
      .poll(async () => {
        await server.sendDue();
        return server.cello.events.map(({ payload, context }) => `${context.newUser.email} ${payload.ucc}`);
      })
      .toEqual([`ada@example.com ${UCC}`]);
    await expect.poll(() => answers).toEqual([202, 202]);
    await server.close();
  });
