/** Query keys that more than one feature reads or refreshes. */
export const keys = {
  me: ['me'] as const,
  company: ['company'] as const,
  people: ['people'] as const,
  sessions: ['sessions'] as const,
  audit: ['audit'] as const,
};
