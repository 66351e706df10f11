package io.codis.operator.desired;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class StrategicMergeTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Test
    void thingsWithAKeyAreMergedByItAndOthersAreAdded() throws JsonProcessingException {
        assertThat(merged("""
                        {"containers": [{"name": "a", "image": "1", "env": [{"name": "x", "value": "1"}]}, {"name": "b"}]}
                        """, """
                        {"containers": [{"name": "a", "env": [{"name": "x", "value": "2"}, {"name": "y"}]}, {"name": "c"}]}
                        """)).isEqualTo(json("""
                        {"containers": [
                          {"name": "a", "image": "1", "env": [{"name": "x", "value": "2"}, {"name": "y"}]},
                          {"name": "b"}, {"name": "c"}]}
                        """));
    }

    @Test
    void otherListsAreReplacedAndObjectsMerged() throws JsonProcessingException {
        assertThat(merged("""
                        {"command": ["a", "b"], "securityContext": {"fsGroup": 1, "runAsNonRoot": true}}
                        """, """
                        {"command": ["c"], "securityContext": {"fsGroup": 2}}
                        """)).isEqualTo(json("""
                        {"command": ["c"], "securityContext": {"fsGroup": 2, "runAsNonRoot": true}}
                        """));
    }

    private static JsonNode merged(String base, String patch) throws JsonProcessingException {
        return StrategicMerge.merge(json(base), json(patch));
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return MAPPER.readTree(text);
    }
}
