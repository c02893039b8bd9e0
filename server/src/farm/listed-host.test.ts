import { expect, test } from 'vitest';
import { isListedHost, serverAddress } from './listed-host.ts';

const list = ['localhost', '127.0.0.1', '[::1]', 'gpu-1', '*.studio.lan', '192.168.7.0/24', 'fd12::/16', '0.0.0.0/0'];
const hostOf = (url: string): string | null => serverAddress(url)?.hostname ?? null;

test('servers of listed names, addresses and ranges may be added', () => {
	for (const url of [
		'http://localhost:8188',
		'http://127.0.0.1:8188/',
		'http://[::1]:8188',
		'https://GPU-1/comfy',
		'http://a.studio.lan:8188',
		'http://192.168.7.20:8188',
		'http://[fd12::9]:8188',
		// The one spelling of an address counts, however it was written.
		'http://0x7f.1:8188',
	])
		expect([url, isListedHost(hostOf(url) ?? '', list)]).toEqual([url, true]);
});

test('others may not, and never those where a cloud tells its secrets', () => {
	const few = list.filter((entry) => entry !== '0.0.0.0/0');
	for (const url of [
		'http://gpu-2:8188',
		'http://studio.lan:8188',
		'http://evilstudio.lan',
		'http://192.168.8.1',
		'http://10.0.0.1',
		'http://[::ffff:10.0.0.1]',
		'http://2130706434',
		'http://gpu-1.evil.example',
	])
		expect([url, isListedHost(hostOf(url) ?? '', few)]).toEqual([url, false]);
	for (const url of ['http://169.254.169.254', 'http://[fe80::1]', 'http://0xa9fea9fe'])
		expect([url, isListedHost(hostOf(url) ?? '', [...list, '::/0'])]).toEqual([url, false]);
});

test('only plain addresses are taken', () => {
	for (const url of [
		'ftp://localhost',
		'file:///etc/passwd',
		'http://user:word@localhost',
		'http://localhost/?a=1',
		'http://localhost/#a',
		'localhost:8188',
		'',
		'http://',
	])
		expect([url, serverAddress(url)]).toEqual([url, null]);
});
