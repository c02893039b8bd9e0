import { expect, it } from 'vitest';
import { scriptOf } from '@reelroom/shared/project/document.ts';
import { can, roles as allRoles } from '@reelroom/shared/workspace/access.ts';
import { aSyncHouse, frame, saved, when } from './testing.ts';

const house = await aSyncHouse();

it.each(allRoles)(
	'over the sync connection the role %s reads, is seen, and writes or is refused as the table says',
	async (role) => {
		const { port, roles } = await house.server();
		const projectId = house.newId();
		const ada = house.client(port, projectId, 'ada-00001');
		await saved(ada);
		scriptOf(ada.doc).insert(0, 'words');
		await saved(ada);
		roles.set('yu-000001', role);
		const yu = house.client(port, projectId, 'yu-000001');
		await when(yu, () => scriptOf(yu.doc).toString() === 'words');
		await saved(yu);
		const names = () =>
			[...ada.awareness.getStates().values()].map(({ user }) => (user as { id?: string } | undefined)?.id);
		await when(ada, () => names().includes('yu-000001'));
		scriptOf(yu.doc).insert(0, 'more ');
		const mayWrite = can(role, 'document.edit');
		await when(yu, () => yu.saveState === (mayWrite ? 'saved' : 'refused'));
		expect(await house.journalled(projectId)).toBe(mayWrite ? 'more words' : 'words');
		expect(yu.refusal?.code ?? null).toBe(mayWrite ? null : 'not-allowed');
		// What the protocol does not know is answered to no role.
		for (const unknown of [Uint8Array.of(99, 1, 2), frame(7, Uint8Array.of(0, 0))]) {
			const { socket, opened, closed } = house.socket(port, projectId, 'yu-000001');
			await opened;
			socket.send(unknown);
			expect(await closed).toBe(4400);
		}
	},
);

it('whoever has no role in a project is told that there is none', async () => {
	const { port, roles } = await house.server();
	roles.set('zoe-00001', null);
	const zoe = house.client(port, house.newId(), 'zoe-00001');
	await when(zoe, () => zoe.closedFor !== null);
	expect(zoe.closedFor).toBe(4404);
});
