package io.codis.infra.log;

import io.codis.infra.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** One object per event and line, for collectors: {@code time, level, logger, message}, and {@code error} with its stack trace. */
final class JsonFormatter extends Formatter {

    @Override
    public String format(LogRecord event) {
        var fields = new LinkedHashMap<String, String>();
        fields.put("time", event.getInstant().toString());
        fields.put("level", LineFormatter.name(event.getLevel()));
        fields.put("logger", String.valueOf(event.getLoggerName()));
        fields.put("message", formatMessage(event));
        if (event.getThrown() != null) {
            var trace = new StringWriter();
            event.getThrown().printStackTrace(new PrintWriter(trace));
            fields.put("error", trace.toString());
        }
        return new String(Json.write(fields), StandardCharsets.UTF_8) + "\n";
    }
}
