import { api, unwrap } from '../../api/client';
import type { components } from '../../api/schema';

export type Company = components['schemas']['CompanyView'];
export type Change = components['schemas']['UpdateCompanyInput'];
export type Scope = components['schemas']['CompanyLogoutScope'];

export const companyKey = ['company'] as const;

export const company = () => unwrap(api.GET('/api/company'));

export const update = (change: Change) => unwrap(api.PATCH('/api/company', { body: change }));

export const signOutCompany = (scope: Scope) => unwrap(api.POST('/api/company/force-logout', { body: { scope } }));
