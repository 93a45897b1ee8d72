// The requests of the quickstart from Node's own http and https. Arguments: the ports of 80, 443 and 9080.
'use strict';
const assert = require('assert');
const http = require('http');
const https = require('https');

const host = 'uk.bookinfo.com';
const [plain, tls, wildcard] = process.argv.slice(2).map(Number);
const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });

function ask(module, port, options, body) {
  return new Promise((resolve, reject) => {
    const request = module.request(
        { host: '127.0.0.1', port, servername: host, rejectUnauthorized: false, timeout: 10000, ...options,
          headers: { host, ...options.headers } },
        (answer) => {
          let text = '';
          answer.setEncoding('utf8');
          answer.on('data', (data) => { text += data; });
          answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
        });
    request.on('error', reject);
    request.on('timeout', () => request.destroy(new Error('timeout')));
    for (const part of body || []) request.write(part);
    request.end();
  });
}

async function main() {
  let answer = await ask(http, plain, { path: '/reviews/1' });
  assert.deepStrictEqual([answer.status, answer.headers.location], [301, `https://${host}/reviews/1`]);
  for (let i = 0; i < 50; ++i) {
    answer = await ask(https, tls, { agent, path: `/reviews/${i}` });
    assert.ok(answer.status === 200 && answer.text.endsWith(`answers GET /reviews/${i}\n`), answer.text);
  }
  answer = await ask(https, tls, { agent, path: '/ratings', headers: { cookie: 'user=dev-123' } });
  assert.strictEqual(answer.text, 'reviews.qa.svc.cluster.local:7777 answers GET /ratings\n');
  answer = await ask(https, tls, { agent, path: '/reviews' });
  assert.strictEqual(answer.status, 404);
  answer = await ask(https, tls, { agent, method: 'HEAD', path: '/reviews/1' });
  assert.deepStrictEqual([answer.status, answer.text], [200, '']);
  agent.destroy();
  const part = Buffer.alloc(1000, 'y');
  answer = await ask(http, wildcard, { method: 'POST', path: '/reviews/1' }, Array(100).fill(part));
  assert.strictEqual(answer.text.split('\n')[1], 'received 100000 bytes');
  console.log('all as expected');
}

main().catch((error) => { console.log(String(error)); process.exit(1); });
