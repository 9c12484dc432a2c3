import OmniTensor

extension SileroVADError {
    /// The fault of an ONNX file as the model's own error.
    init(_ fault: ONNXFile.Fault, file: String) {
        let code: Code =
            switch fault.code {
            case .unreadable: .unreadable
            case .tooLarge: .unsupported
            case .malformed: .malformed
            case .overBudget: .overBudget
            }
        self.init(code, file: file, reason: fault.reason)
    }
}
