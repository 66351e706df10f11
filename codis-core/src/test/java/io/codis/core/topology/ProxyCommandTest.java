package io.codis.core.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.codis.core.problem.Reason;
import io.codis.core.topology.ProxyCommand.AdmitProxy;
import io.codis.core.topology.ProxyCommand.CreateProxy;
import io.codis.core.topology.ProxyCommand.EvictProxy;
import io.codis.core.topology.ProxyCommand.OnlineProxy;
import io.codis.core.topology.ProxyCommand.RemoveProxy;
import org.junit.jupiter.api.Test;

class ProxyCommandTest {

    private final Topology one = Clusters.empty().apply(new CreateProxy(Clusters.proxy("t")));

    @Test
    void aProxyJoinsWithoutBeingWaitedFor() {
        assertThat(one.proxy("t").id()).isEqualTo(1);
        assertThat(one.admittedProxies()).isEmpty();
        Refused.with(one, new CreateProxy(Clusters.proxy("t")), Reason.ALREADY_EXISTS, "proxy-[t] already exists");
        Refused.with(one, new AdmitProxy("u"), Reason.NOT_FOUND, "proxy-[u] doesn't exist");
    }

    @Test
    void anEvictedProxyComesBackWithAnotherLogin() {
        var admitted = one.apply(new AdmitProxy("t"));
        var evicted = admitted.apply(new EvictProxy("t"));
        var again = evicted.apply(new AdmitProxy("t"));

        assertThat(admitted.admittedProxies()).hasSize(1);
        assertThat(evicted.admittedProxies()).isEmpty();
        assertThat(admitted.proxy("t").admission()).isEqualTo(new Admission.Admitted(admitted.version()));
        assertThat(again.proxy("t").admission()).isEqualTo(new Admission.Admitted(again.version()));
        Refused.with(admitted, new AdmitProxy("t"), Reason.ALREADY_EXISTS, "proxy-[t] is admitted");
        Refused.with(one, new EvictProxy("t"), Reason.NOT_FOUND, "proxy-[t] isn't admitted");
    }

    @Test
    void aLoginIsNotUsedAgainByAnotherProxyOfTheSameId() {
        var first = one.apply(new AdmitProxy("t"));
        var second = first.apply(new EvictProxy("t"))
                .apply(new RemoveProxy("t"))
                .apply(new CreateProxy(Clusters.proxy("u")))
                .apply(new AdmitProxy("u"));

        assertThat(second.proxy("u").id()).isEqualTo(first.proxy("t").id());
        assertThat(second.proxy("u").admission()).isNotEqualTo(first.proxy("t").admission());
    }

    @Test
    void anAdmittedProxyIsEvictedBeforeItIsForgotten() {
        var admitted = one.apply(new AdmitProxy("t"));

        Refused.with(admitted, new RemoveProxy("t"), Reason.BUSY, "proxy-[t] is admitted, evict it first");
        Refused.with(one, new RemoveProxy("x"), Reason.NOT_FOUND, "proxy-[x] doesn't exist");
        assertThat(one.apply(new RemoveProxy("t")).proxies()).isEmpty();
    }

    @Test
    void anotherProcessUnderTheSameTokenDoesNotInheritTheLogin() {
        var admitted = one.apply(new AdmitProxy("t"));
        var m = Clusters.proxy("t");
        var restarted = new ProxyModel(
                "t", "later", m.adminAddr(), m.protoType(), m.proxyAddr(), null, "demo", 8, "/", "sys", "host", "dc1");

        assertThat(admitted.apply(new OnlineProxy(m)).proxy("t")).isEqualTo(admitted.proxy("t"));
        var refreshed = admitted.apply(new OnlineProxy(restarted)).proxy("t");
        assertThat(refreshed.id()).isEqualTo(1);
        assertThat(refreshed.admission()).isInstanceOf(Admission.Evicted.class);
        assertThat(one.apply(new OnlineProxy(Clusters.proxy("u"))).proxy("u").id())
                .isEqualTo(2);
    }

    @Test
    void aNewLeaderHasAnEpochOfItsOwn() {
        var first = one.apply(new LeadCommand.TakeLead());
        var second = first.apply(new LeadCommand.TakeLead());

        assertThat(second.leaderEpoch()).isGreaterThan(first.leaderEpoch()).isEqualTo(second.epoch());
        assertThat(Routes.of(second).epoch()).isEqualTo(second.leaderEpoch());
    }
}
