/// ONNX files made by hand, right and wrong.
public enum RawONNX {
    /// A field that holds bytes.
    public static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(bytes.count) + bytes
    }

    /// A field that holds text.
    public static func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

    /// A file of one graph.
    public static func file(_ graph: [UInt8]...) -> [UInt8] { field(7, graph.flatMap { $0 }) }

    /// A stored tensor; its type is 1 for floats, 3 for integers of 8 bits.
    public static func tensor(_ name: String, _ extents: [Int], type: UInt8 = 1, raw: [UInt8]) -> [UInt8] {
        field(5, field(8, name) + extents.flatMap { [0x08] + varint($0) } + [0x10, type] + field(9, raw))
    }

    /// A node that does `operation` to `inputs`.
    public static func node(
        _ operation: String, _ inputs: [String], _ output: String, attributes: [UInt8] = []
    ) -> [UInt8] {
        field(1, field(4, operation) + inputs.flatMap { field(1, $0) } + field(2, output) + attributes)
    }

    /// An attribute that is an integer.
    public static func attribute(_ name: String, _ value: Int) -> [UInt8] {
        field(5, field(1, name) + [0x18] + varint(value))
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var (value, result): (Int, [UInt8]) = (value, [])
        while value >= 128 {
            result.append(UInt8(value & 127 | 128))
            value >>= 7
        }
        return result + [UInt8(value)]
    }
}
