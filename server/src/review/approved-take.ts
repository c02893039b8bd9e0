import type * as Y from 'yjs';
import { takeInUse } from '@reelroom/shared/board/take-in-use.ts';
import { Problem } from '@reelroom/shared/problem.ts';
import type { ShotOnBoard } from '@reelroom/shared/project/document.ts';

type Take = { id: string; shotId: string; number: number };
export type ApprovedTakeDeps = {
	/** Which shots of a project are approved. */
	approvedShots: (projectId: string) => Promise<ReadonlySet<string>>;
	takesOf: (projectId: string) => Promise<readonly Take[]>;
	read: <T>(projectId: string, look: (doc: Y.Doc) => T) => Promise<T>;
	everyShot: (doc: Y.Doc) => readonly ShotOnBoard[];
};
export type MustNotShowApproved = (take: {
	_id: string;
	projectId: string;
	shotId: string;
	number: number;
}) => Promise<void>;

/**
 * Makes the guard of taking a take away and of bringing it back: it throws `shot-approved` where the shot is approved and shows this take while it is
 * there, so that what was approved would be another picture. Any other take of an approved shot comes and goes freely.
 */
export function createApprovedTake({ approvedShots, takesOf, read, everyShot }: ApprovedTakeDeps): MustNotShowApproved {
	return async ({ _id: id, projectId, shotId, number }) => {
		if (!(await approvedShots(projectId)).has(shotId)) return;
		const [shot, takes] = await Promise.all([
			read(projectId, (doc) => everyShot(doc).find((each) => each.id === shotId)),
			takesOf(projectId),
		]);
		if (shot === undefined) return;
		const others = takes.filter((take) => take.shotId === shotId && take.id !== id);
		if (takeInUse(shot, [...others, { id, shotId, number }])?.id === id)
			throw new Problem('shot-approved', `Approved: ${shot.label}`);
	};
}
