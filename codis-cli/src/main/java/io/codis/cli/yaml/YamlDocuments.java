package io.codis.cli.yaml;

import io.codis.core.problem.CodisException;
import io.codis.core.problem.Reason;
import io.codis.core.spec.SpecTree;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Reads and writes YAML. */
public final class YamlDocuments {

    private static final int SIZE_LIMIT = 3 << 20;
    private static final int DEPTH_LIMIT = 50;

    private YamlDocuments() {}

    /**
     * All documents of a file, empty ones left out.
     *
     * @throws CodisException {@link Reason#INVALID_ARGUMENT} with the line, if it is no YAML
     */
    public static List<SpecTree> read(String text) {
        var trees = new ArrayList<SpecTree>();
        try {
            for (Node node : new Yaml(options()).composeAll(new StringReader(text))) {
                if (!node.getTag().equals(Tag.NULL)) {
                    trees.add(tree(node, line(node), 0));
                }
            }
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
            throw new CodisException(Reason.INVALID_ARGUMENT, "line " + line + ": not YAML: " + e.getProblem(), e);
        } catch (YAMLException e) {
            throw new CodisException(Reason.INVALID_ARGUMENT, "not YAML: " + e.getMessage(), e);
        }
        return trees;
    }

    /** Block style, texts quoted where they would be read as something else. */
    public static String write(Object value) {
        var options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setIndent(2);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        options.setSplitLines(false);
        return new Yaml(new SafeConstructor(options()), new Representer(options), options).dump(value);
    }

    private static LoaderOptions options() {
        var options = new LoaderOptions();
        options.setCodePointLimit(SIZE_LIMIT);
        options.setNestingDepthLimit(DEPTH_LIMIT);
        options.setMaxAliasesForCollections(20);
        return options;
    }

    /** @param line of its key, if it has one: that is what a person looks for */
    private static SpecTree tree(Node node, int line, int depth) {
        // An alias may point at a collection that holds it.
        if (depth > DEPTH_LIMIT) {
            throw new YAMLException("nested deeper than " + DEPTH_LIMIT);
        }
        return switch (node) {
            case ScalarNode scalar -> new SpecTree.Scalar(line, type(scalar), text(scalar));
            case MappingNode mapping -> mapping(mapping, line, depth);
            case SequenceNode sequence -> {
                var items = new ArrayList<SpecTree>();
                sequence.getValue().forEach(item -> items.add(tree(item, line(item), depth + 1)));
                yield new SpecTree.Sequence(line, items);
            }
            default -> throw new YAMLException("line " + line + ": unknown kind of value");
        };
    }

    private static int line(Node node) {
        return node.getStartMark().getLine() + 1;
    }

    private static SpecTree mapping(MappingNode mapping, int line, int depth) {
        var entries = new LinkedHashMap<String, SpecTree>();
        var duplicates = new LinkedHashMap<String, Integer>();
        for (NodeTuple tuple : mapping.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                throw new YAMLException("line " + line + ": a key must be a single word");
            }
            if (entries.put(key.getValue(), tree(tuple.getValueNode(), line(key), depth + 1)) != null) {
                duplicates.put(key.getValue(), line(key));
            }
        }
        return new SpecTree.Mapping(line, entries, duplicates);
    }

    private static SpecTree.Type type(ScalarNode scalar) {
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.INT)) {
            return SpecTree.Type.WHOLE;
        }
        if (tag.equals(Tag.FLOAT)) {
            return SpecTree.Type.DECIMAL;
        }
        if (tag.equals(Tag.BOOL)) {
            return SpecTree.Type.BOOL;
        }
        return tag.equals(Tag.NULL) ? SpecTree.Type.NULL : SpecTree.Type.TEXT;
    }

    private static String text(ScalarNode scalar) {
        return scalar.getTag().equals(Tag.BOOL) ? scalar.getValue().toLowerCase(Locale.ROOT) : scalar.getValue();
    }
}
