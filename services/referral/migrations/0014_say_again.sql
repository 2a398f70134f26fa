-- What is only published again was told to other systems when it happened.
CREATE OR REPLACE FUNCTION tell_webhooks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM webhook_subscriptions WHERE state = 'active') THEN
        INSERT INTO webhook_deliveries (subscription_id, type, occurred_at, subject, resource)
        SELECT s.subscription_id, said.type, said.occurred_at, said.subject, said.kind || said.subject
        FROM (
            SELECT o.type, o.occurred_at, o.handover_id, about.kind, (o.body ->> about.key)::uuid AS subject
            FROM (SELECT type, occurred_at, split_part(stream, ':', 2)::uuid AS handover_id,
                         convert_from(body, 'UTF8')::jsonb AS body
                  FROM made JOIN outbox USING (event_id) WHERE stream LIKE 'handover:%' AND NOT made.again) AS o
            CROSS JOIN LATERAL (
                SELECT kind, key
                FROM (VALUES (1, 'task_id', '/fhir/Task/'), (2, 'appointment_id', '/fhir/Appointment/'),
                             (3, 'service_request', '/fhir/ServiceRequest/'), (4, 'handover_id', '/handovers/'))
                     AS known (place, key, kind)
                WHERE o.body ->> key IS NOT NULL ORDER BY place LIMIT 1
            ) AS about
        ) AS said
        JOIN parties p ON p.handover_id = said.handover_id
        JOIN webhook_subscriptions s ON s.team = p.team AND s.state = 'active'
                                    AND (said.type = ANY(s.events) OR '*' = ANY(s.events));
    END IF;
    RETURN NULL;
END
$$;
