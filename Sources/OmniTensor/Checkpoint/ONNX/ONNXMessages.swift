/// The messages of the ONNX file format, with the fields that published models of speech use. The reader skips every
/// other field.
package struct ONNXModelProto {
    package var graph: ONNXGraphProto?
}

package struct ONNXGraphProto {
    package var node: [ONNXNodeProto] = []
    package var initializer: [ONNXTensorProto] = []
    /// The names of the inputs; their types are not read.
    package var inputNames: [String] = []

    /// A graph without nodes.
    package init() {}
}

extension ONNXModelProto {
    /// The names of the graph's inputs, apart from stored tensors that are listed as such.
    package var inputNames: Set<String> {
        Set(graph?.inputNames ?? []).subtracting(graph?.initializer.map(\.name) ?? [])
    }
}

package struct ONNXNodeProto {
    package var input: [String] = []
    package var output: [String] = []
    package var opType = ""
    package var attribute: [ONNXAttributeProto] = []
}

package struct ONNXAttributeProto {
    package var name = ""
    package var integer: Int64 = 0
    package var number: Float = 0
    package var integers: [Int64] = []
    /// UTF-8.
    package var text: [UInt8] = []
    package var tensor: ONNXTensorProto?
    package var graph: ONNXGraphProto?
}

package struct ONNXTensorProto {
    package var name = ""
    /// Extents, outermost first.
    package var dims: [Int64] = []
    package var dataType: Int32 = 0
    package var floatData: [Float] = []
    /// Integers of 32 bits or fewer.
    package var int32Data: [Int64] = []
    package var int64Data: [Int64] = []
    /// The elements in little-endian order, instead of the arrays above.
    package var rawData: [UInt8] = []
    /// 1: the elements lie in another file.
    package var dataLocation: Int32 = 0
}
