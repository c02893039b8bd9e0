import { endpoint } from '../http/endpoint.ts';
import { Quota } from './quota.ts';

export const planApi = {
	quota: endpoint({
		method: 'get',
		path: '/quota',
		summary: 'What is left of your plan today, and when the next day begins (00:00 UTC).',
		allow: 'signed-in',
		reply: Quota,
	}),
};
