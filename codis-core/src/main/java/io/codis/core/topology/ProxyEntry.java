package io.codis.core.topology;

/**
 * A registered proxy.
 *
 * @param id greatest id at registration + 1
 * @param model as the proxy reported
 */
public record ProxyEntry(int id, ProxyModel model, Admission admission) {

    public String token() {
        return model.token();
    }

    /** Barriers wait for it. */
    public boolean admitted() {
        return admission instanceof Admission.Admitted;
    }

    ProxyEntry withAdmission(Admission next) {
        return new ProxyEntry(id, model, next);
    }
}
