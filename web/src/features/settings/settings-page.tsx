import { useQuery } from '@tanstack/react-query';
import { Card, ErrorPanel, PageHead, Skeleton } from '../../components/ui';
import { useLiveRefresh } from '../../lib/live-refresh';
import { useMe } from '../../lib/session';
import { CompanyLogout } from './company-logout';
import { copy } from './copy';
import { PolicyForm } from './policy-form';
import { company, companyKey } from './queries';
import { ServiceKeys } from './service-keys';

export function SettingsPage() {
  const me = useMe();
  const query = useQuery({ queryKey: companyKey, queryFn: company });
  useLiveRefresh(['company.updated'], companyKey);
  return (
    <div className="max-w-3xl space-y-5">
      <PageHead title={copy.title} description={copy.description} />
      {query.data && me.data ? (
        <>
          <PolicyForm company={query.data} own={me.data.mfa_enabled} />
          <ServiceKeys />
          <Card title={copy.sections.danger}>
            <CompanyLogout name={query.data.name} />
          </Card>
        </>
      ) : query.error ? (
        <ErrorPanel error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Card>
          <Skeleton lines={10} />
        </Card>
      )}
    </div>
  );
}
