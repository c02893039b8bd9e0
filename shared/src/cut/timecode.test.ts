import { describe, expect, it } from 'vitest';
import { timecodeOf } from './timecode.ts';

describe('a timecode', () => {
	it('has all four fields from the first frame on', () => {
		expect(timecodeOf(0, 24)).toBe('00:00:00:00');
		expect(timecodeOf(23, 24)).toBe('00:00:00:23');
		expect(timecodeOf(121 * 24 + 22, 24)).toBe('00:02:01:22');
		expect(timecodeOf(3661 * 25, 25)).toBe('01:01:01:00');
	});
});
