package io.codis.infra.json;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;

/**
 * JSON for everything that our processes store and say.
 *
 * <p>Record components are written in snake_case; unknown keys are ignored, so that a newer writer does not break an
 * older reader; a number or flag that is left out is zero or false; numbers are never taken from strings or fractions; an
 * {@link Instant} is ISO-8601 text in UTC. Whatever cannot be read is {@link Reason#INVALID_ARGUMENT} with the path of the
 * value.
 */
public final class Json {

    private static final ObjectMapper MAPPER = mapper();
    private static final ObjectWriter PRETTY = MAPPER.writer(prettyPrinter());

    private Json() {}

    /** The one mapper, for trees and for types that this class has no method for. Never reconfigure it. */
    public static ObjectMapper mapperInUse() {
        return MAPPER;
    }

    /** The document as {@code type}. */
    public static <T> T read(byte[] json, Class<T> type) {
        return read(json, MAPPER.constructType(type));
    }

    /** The document as {@code type}. */
    public static <T> T read(String json, Class<T> type) {
        return read(json.getBytes(StandardCharsets.UTF_8), type);
    }

    /** The document as a generic type, such as {@code new TypeReference<Map<String, Long>>() {}}. */
    public static <T> T read(byte[] json, TypeReference<T> type) {
        return read(json, MAPPER.constructType(type));
    }

    /** The document, an array, as a list of {@code element}. */
    public static <T> List<T> readList(byte[] json, Class<T> element) {
        return read(json, MAPPER.getTypeFactory().constructCollectionType(List.class, element));
    }

    /** The document as a tree. */
    public static JsonNode tree(byte[] json) {
        return read(json, JsonNode.class);
    }

    /** Compact UTF-8. */
    public static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new CodisException(Reason.INTERNAL, "cannot write " + value.getClass() + ": " + e.getMessage(), e);
        }
    }

    /** Indented by four blanks, for people. */
    public static String pretty(Object value) {
        try {
            return PRETTY.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new CodisException(Reason.INTERNAL, "cannot write " + value.getClass() + ": " + e.getMessage(), e);
        }
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // the callers bind it to the type they pass
    private static <T> T read(byte[] json, JavaType type) {
        try {
            T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new CodisException(Reason.INVALID_ARGUMENT, "JSON document: null where a value is needed");
            }
            return value;
        } catch (IOException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, describe(e), e);
        }
    }

    private static String describe(IOException e) {
        Throwable cause = e.getCause();
        if (e instanceof JsonParseException syntax) {
            return malformed(syntax);
        }
        if (cause instanceof JsonParseException syntax) {
            return malformed(syntax);
        }
        if (!(e instanceof JsonMappingException mapping)) {
            return "JSON document: " + e.getMessage();
        }
        String where = path(mapping);
        String what = cause instanceof CodisException ? cause.getMessage() : mapping.getOriginalMessage();
        return (where.isEmpty() ? "JSON document" : where) + ": " + what;
    }

    private static String malformed(JsonParseException e) {
        String what = e.getOriginalMessage().replaceAll(" \\(start marker.*", "");
        var at = e.getLocation();
        return "JSON document"
                + (at == null ? "" : ", line " + at.getLineNr() + " column " + at.getColumnNr())
                + ": " + what;
    }

    private static String path(JsonMappingException e) {
        var path = new StringBuilder();
        for (var step : e.getPath()) {
            if (step.getFieldName() == null) {
                path.append('[').append(step.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        return path.toString();
    }

    private static ObjectMapper mapper() {
        var instants = new SimpleModule("instants")
                .addSerializer(Instant.class, new ToStringSerializer(Instant.class))
                .addDeserializer(Instant.class, new InstantReader());
        return JsonMapper.builder()
                .addModule(instants)
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                // Codis leaves out whatever is zero, false or empty, and so do our own records
                .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
                // a number where text belongs is a mistake of the writer, not a spelling
                .withCoercionConfig(
                        LogicalType.Textual,
                        c -> c.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .build();
    }

    private static DefaultPrettyPrinter prettyPrinter() {
        var indent = new DefaultIndenter("    ", "\n");
        return new DefaultPrettyPrinter().withObjectIndenter(indent).withArrayIndenter(indent);
    }

    private static final class InstantReader extends StdDeserializer<Instant> {

        InstantReader() {
            super(Instant.class);
        }

        @Override
        public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
            String text = in.getValueAsString("");
            try {
                return Instant.parse(text);
            } catch (DateTimeException e) {
                return (Instant) context.handleWeirdStringValue(
                        Instant.class, text, "not a time; write it as 2026-01-31T23:59:59Z");
            }
        }
    }
}
