// axi_read: a read channel of the accelerator as an AXI4 read master, answers in order.
// A request is WORDS words of 2^LOG_WORD bytes from any word on; it takes as many beats as its bytes touch.
// Answers are PACE cycles apart at least.
`default_nettype none

module axi_read #(
    parameter WORDS     = 8,
    parameter BITS      = 8,
    parameter LOG_WORD  = 0,
    parameter LOG_BEAT  = 3,
    parameter ADDR      = 64,
    parameter BURST     = 16,
    parameter LOG_DEPTH = 5,
    parameter PACE      = 1
) (
    input  wire                     clk,
    input  wire                     rst,
    input  wire [ADDR-1:0]          base,
    // accelerator
    input  wire                     req_valid,
    output wire                     req_ready,
    input  wire [31:0]              req_addr,
    output reg                      rsp_valid,
    output reg  [WORDS*BITS-1:0]    rsp_data,
    // AXI4
    output wire                     arvalid,
    input  wire                     arready,
    output wire [ADDR-1:0]          araddr,
    output wire [7:0]               arlen,
    input  wire                     rvalid,
    output wire                     rready,
    input  wire [(8<<LOG_BEAT)-1:0] rdata,
    input  wire [1:0]               rresp,
    output wire                     fault
);
  localparam BEAT  = 1 << LOG_BEAT;
  localparam WIDTH = 8 << LOG_BEAT;
  localparam BYTES = WORDS << LOG_WORD;
  // Beats of a request, at most; a count of them minus one.
  localparam BEATS = (BYTES + BEAT - 2) / BEAT + 1;
  localparam COUNT = BEATS > 2 ? $clog2(BEATS) : 1;
  localparam SPAN  = LOG_BEAT + COUNT;
  localparam LAST  = BYTES - 1;

  // ---------------------------------------------------------------------------
  // Requests to beats
  // ---------------------------------------------------------------------------
  wire [ADDR-1:0]     byte_addr = base + ({{(ADDR - 32){1'b0}}, req_addr} << LOG_WORD);
  wire [LOG_BEAT-1:0] offset    = byte_addr[LOG_BEAT-1:0];
  wire [SPAN-1:0]     last_byte = {{(SPAN - LOG_BEAT){1'b0}}, offset} + LAST[SPAN-1:0];
  wire [COUNT-1:0]    extra     = last_byte[LOG_BEAT+:COUNT];
  wire                unused    = &{1'b0, last_byte, rresp[0]};

  reg              have;
  reg  [ADDR-1:0]  beat_addr;
  reg  [COUNT-1:0] left;
  wire             room, beat_ready;
  wire             last = left == {COUNT{1'b0}};
  wire             take = req_valid && req_ready;

  assign req_ready = room && (!have || (beat_ready && last));

  always @(posedge clk) begin
    if (rst) have <= 1'b0;
    else if (take) have <= 1'b1;
    else if (beat_ready && last) have <= 1'b0;
  end

  always @(posedge clk) begin
    if (take) begin
      beat_addr <= {byte_addr[ADDR-1:LOG_BEAT], {LOG_BEAT{1'b0}}};
      left      <= extra;
    end else if (beat_ready) begin
      beat_addr <= beat_addr + ({{(ADDR - 1){1'b0}}, 1'b1} << LOG_BEAT);
      left      <= left - {{(COUNT - 1){1'b0}}, 1'b1};
    end
  end

  wire unused_busy;

  axi_bursts #(
      .ADDR     (ADDR),
      .LOG_BEAT (LOG_BEAT),
      .BURST    (BURST)
  ) u_bursts (
      .clk         (clk),
      .rst         (rst),
      .beat_valid  (have),
      .beat_ready  (beat_ready),
      .beat_addr   (beat_addr),
      .burst_valid (arvalid),
      .burst_ready (arready),
      .burst_addr  (araddr),
      .burst_len   (arlen),
      .busy        (unused_busy)
  );

  // ---------------------------------------------------------------------------
  // Beats to answers
  // ---------------------------------------------------------------------------
  wire [COUNT-1:0]    expected;
  wire [LOG_BEAT-1:0] place;
  reg  [COUNT-1:0]    count;
  wire                last_one = count == expected;
  wire                arrives  = rvalid && rready;
  wire                complete = arrives && last_one;
  wire                unused_some;

  axi_fifo #(
      .WIDTH (COUNT + LOG_BEAT),
      .LOG   (LOG_DEPTH)
  ) u_requests (
      .clk      (clk),
      .rst      (rst),
      .put      (take),
      .put_data ({extra, offset}),
      .room     (room),
      .take     (complete),
      .oldest   ({expected, place}),
      .some     (unused_some)
  );

  // Whoever asked has room, but for an answer that comes too soon after the one before.
  generate
    if (PACE > 1) begin : g_pace
      localparam PAUSE = PACE - 1;
      localparam BITS_OF_PAUSE = $clog2(PACE);
      reg [BITS_OF_PAUSE-1:0] pause;

      always @(posedge clk) begin
        if (rst) pause <= {BITS_OF_PAUSE{1'b0}};
        else if (complete) pause <= PAUSE[BITS_OF_PAUSE-1:0];
        else if (|pause) pause <= pause - {{(BITS_OF_PAUSE - 1){1'b0}}, 1'b1};
      end

      assign rready = !last_one || !(|pause);
    end else begin : g_no_pace
      assign rready = 1'b1;
    end
  endgenerate

  assign fault = rvalid && rresp[1];

  always @(posedge clk) begin
    if (rst) count <= {COUNT{1'b0}};
    else if (arrives) count <= complete ? {COUNT{1'b0}} : count + {{(COUNT - 1){1'b0}}, 1'b1};
  end

  reg [BEATS*WIDTH-1:0] window;
  reg                   whole;
  reg [LOG_BEAT-1:0]    whole_place;

  genvar b;
  generate
    for (b = 0; b < BEATS; b = b + 1) begin : g_beat
      always @(posedge clk) begin
        if (arrives && count == b[COUNT-1:0]) window[b*WIDTH +: WIDTH] <= rdata;
      end
    end
  endgenerate

  always @(posedge clk) begin
    whole       <= complete && !rst;
    whole_place <= place;
    rsp_valid   <= whole && !rst;
  end

  wire [BEATS*WIDTH-1:0] aligned = window >> {whole_place, 3'd0};
  wire                   unused_window = &{1'b0, aligned};

  genvar w;
  generate
    for (w = 0; w < WORDS; w = w + 1) begin : g_word
      always @(posedge clk) begin
        rsp_data[w*BITS +: BITS] <= aligned[(w<<LOG_WORD)*8 +: BITS];
      end
    end
  endgenerate
endmodule

`default_nettype wire
