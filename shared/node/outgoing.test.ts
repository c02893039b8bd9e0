import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOutgoing, isPublicAddress } from './outgoing.ts';

let calls = 0;
const server = createServer((request, response) => {
	calls++;
	if (request.url === '/leads-on') response.writeHead(302, { Location: '/' });
	response.end('here');
});
let host = '';
beforeAll(async () => {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const inner = [
	'127.0.0.1',
	'127.1',
	'0x7f.1',
	'0x7f000001',
	'2130706433',
	'017700000001',
	'0.0.0.0',
	'10.0.0.1',
	'172.16.0.1',
	'192.168.1.1',
	'100.64.0.1',
	'169.254.169.254',
	'192.0.0.1',
	'192.0.2.1',
	'198.18.0.1',
	'198.51.100.1',
	'203.0.113.1',
	'224.0.0.1',
	'240.0.0.1',
	'255.255.255.255',
	'[::]',
	'[::1]',
	'[::ffff:127.0.0.1]',
	'[::ffff:7f00:1]',
	'[::ffff:10.0.0.1]',
	'[::127.0.0.1]',
	'[64:ff9b::7f00:1]',
	'[64:ff9b::a9fe:a9fe]',
	'[64:ff9b:1::1]',
	'[2002:7f00:1::]',
	'[2001::1]',
	'[2001:db8::1]',
	'[fc00::1]',
	'[fd12:3456::1]',
	'[fe80::1]',
	'[fec0::1]',
	'[ff02::1]',
	'[100::1]',
	'localhost',
	'LOCALHOST',
];
const odd = [
	'ftp://example.com/',
	'file:///etc/passwd',
	'gopher://127.0.0.1:6379/_INFO',
	'data:text/plain,hello',
	'javascript:alert(1)',
	'https://user:password@example.com/',
	'https://user@example.com/',
	'//example.com',
	'/etc/passwd',
	'',
	'https://',
	'https://exa mple.com/',
];

test('no address inside is called, however it is written, with http or https', async () => {
	const outgoing = createOutgoing();
	for (const name of inner)
		for (const address of [`https://${name}/`, `https://${name}:8443/x`, `http://${name}/`])
			await expect(outgoing.call(address), address).rejects.toMatchObject({ code: 'address-refused' });
	for (const address of odd)
		await expect(outgoing.call(address), address).rejects.toMatchObject({ code: 'address-refused' });
	await expect(outgoing.call('http://example.com/')).rejects.toMatchObject({ code: 'address-refused' });
	await outgoing.close();
});

test('a name is looked at when it is connected to: one that leads inside is refused, also when only one of its addresses does', async () => {
	const answers = [['127.0.0.1'], ['8.8.8.8', '10.0.0.1'], ['::1'], ['169.254.169.254']];
	const outgoing = createOutgoing({
		resolve: (_name, _options, callback) =>
			callback(
				null,
				(answers.shift() ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
			),
	});
	while (answers.length > 0)
		await expect(outgoing.call('https://rebinding.example/')).rejects.toMatchObject({ code: 'address-refused' });
	await expect(outgoing.call('https://nowhere.example/')).rejects.toMatchObject({ code: 'address-refused' });
	await outgoing.close();
});

test('a host that an administrator named is called where it is, and only that one; it leads nowhere else', async () => {
	const outgoing = createOutgoing({ hosts: [host] });
	expect(await (await outgoing.call(`http://${host}/`)).text()).toBe('here');
	await expect(outgoing.call(`http://${host}/leads-on`)).rejects.toMatchObject({ code: 'address-refused' });
	await expect(outgoing.call('http://127.0.0.1:9/')).rejects.toMatchObject({ code: 'address-refused' });
	await outgoing.close();
	const strict = createOutgoing();
	const before = calls;
	await expect(strict.call(`http://${host}/`)).rejects.toMatchObject({ code: 'address-refused' });
	expect(calls).toBe(before);
	expect((await strict.call(`http://${host}/`, { trust: [host] })).status).toBe(200);
	await strict.close();
});

test('public addresses are told from all others', () => {
	for (const address of ['8.8.8.8', '1.1.1.1', '2001:4860:4860::8888'])
		expect(isPublicAddress(address), address).toBe(true);
	for (const address of ['example.com', '', '999.1.1.1', '::ffff:8.8.8.8'])
		expect(isPublicAddress(address), address).toBe(false);
});
