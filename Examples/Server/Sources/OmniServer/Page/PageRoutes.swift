import Hummingbird

/// The page to talk with: one file in the program, and nothing from elsewhere.
struct PageRoutes {
    /// Everything is in the page: its script, its style, the worklet as a blob.
    private static let policy =
        "default-src 'none'; script-src 'self' 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data:; "
        + "media-src blob:; connect-src 'self' ws: wss:; worker-src blob:; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'"

    func add(to router: some RouterMethods<ServerContext>) {
        router.get("/") { _, _ in
            Response(
                status: .ok,
                headers: [
                    .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: Self.policy,
                    .cacheControl: "no-cache",
                ],
                body: .init(byteBuffer: ByteBuffer(bytes: PackageResources.index_html)))
        }
    }
}
