import { expect, test } from 'vitest';
import { filterQuery, isFiltered, noFilter, readFilter } from './task-filter.ts';

test('a filter is read from an address and written into it again', () => {
	const query = new URLSearchParams('status=failed&kind=video&provider=comfyui&projectId=project-0001&text=1A');
	const filter = readFilter(query);
	expect(filter).toEqual({
		...{ status: 'failed', kind: 'video', provider: 'comfyui', projectId: 'project-0001' },
		...{ createdBy: 'all', text: '1A' },
	});
	expect(Object.fromEntries(query)).toEqual(filterQuery(filter));
});

test('what the endpoint would refuse, and what fits everything, is no filter', () => {
	expect(readFilter(new URLSearchParams('status=lost&kind=book&projectId=a%20b&status2=x&createdBy=all'))).toEqual(
		noFilter,
	);
	expect([isFiltered(noFilter), isFiltered({ ...noFilter, text: 'x' })]).toEqual([false, true]);
	expect(filterQuery(noFilter)).toEqual({});
});
